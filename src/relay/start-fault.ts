/** Why a relay does not start: one line that says what to do. Exit code 2 for the command line, 3 for everything else. */
export class StartFault extends Error {
  readonly exitCode: 2 | 3;

  constructor(message: string, exitCode: 2 | 3 = 3) {
    super(message);
    this.name = "StartFault";
    this.exitCode = exitCode;
  }
}
