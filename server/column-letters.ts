/** As spreadsheet programs name columns: 0 is A, 26 is AA. */
export function toLetters(at: number): string {
  const letter = String.fromCharCode(65 + (at % 26));
  return at < 26 ? letter : toLetters(Math.floor(at / 26) - 1) + letter;
}
