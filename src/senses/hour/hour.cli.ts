import * as v from "valibot";
import { cliHalf } from "../../cli/cli-half.ts";
import type { JsonObject } from "../../cli/json.ts";
import { hourEntry, type HourEntry, type Place } from "./hour.ts";

/** `48° N, 16° E`. */
export const placeText = ({ lat, lon }: Place): string => `${Math.abs(lat)}° ${lat < 0 ? "S" : "N"}, ${Math.abs(lon)}° ${lon < 0 ? "W" : "E"}`;

export const hourJson = (said: Pick<HourEntry, "zone" | "place"> | null): JsonObject | null =>
  said && { zone: said.zone, place: said.place && { lat: said.place.lat, lon: said.place.lon } };

const { zone, place } = hourEntry.entries;

export const hourCli = cliHalf(v.object({ zone, place }), (said, telling) => ({
  json: { zone: said.zone, place: said.place && { lat: said.place.lat, lon: said.place.lon } },
  text: `${telling.from === "me" ? "Your" : `${telling.other}'s`} hour is that of ${said.zone}${said.place ? `, near ${placeText(said.place)}` : ""}.`,
}));
