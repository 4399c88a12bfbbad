/** What the user gave is wrong. The message is one line that names the place and the remedy; the CLI exits with 2. */
export class InputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InputError';
  }
}
