/** How long to wait before the next attempt: twice as long each time, half of it by chance, so that what failed together does not come back together. */
export function backOffMs(attempts: number, { firstMs, longestMs }: { firstMs: number; longestMs: number }): number {
  const longest = Math.min(longestMs, firstMs * 2 ** Math.min(attempts - 1, 20));
  return longest / 2 + (Math.random() * longest) / 2;
}
