import { sealerContract } from "../testing/sealer-contract.ts";
import { createMlsSealers } from "./sealers.ts";

sealerContract("a sealer over MLS", createMlsSealers);
