import QRCode from 'qrcode';
import { toSegments } from '../../server/render/qr.ts';

/** Lines for the terminal: where to go, and one QR to scan from the screen. */
export async function announce(
  addresses: Readonly<Record<string, string>>,
  sample: { title: string; text: string } | undefined,
): Promise<string> {
  const width = Math.max(...Object.keys(addresses).map((name) => name.length));
  const lines = Object.entries(addresses).map(([name, address]) => `  ${name.padEnd(width)}  ${address}`);
  if (!sample) return `\n${lines.join('\n')}\n`;
  const qr = await QRCode.toString(toSegments(sample.text), {
    type: 'terminal',
    small: true,
    errorCorrectionLevel: 'L',
  });
  return `\n${lines.join('\n')}\n\n${qr}\n  ${sample.title}: scan it with the verifier, or paste its text\n`;
}
