import type { Page } from 'playwright-core';

/** What the page takes for its camera is a film of the picture, still, on the middle of 1920 by 1080. */
export async function holdBeforeCamera(page: Page, picture: Buffer): Promise<void> {
  await page.evaluate(async (bytes) => {
    const image = await createImageBitmap(new Blob([Uint8Array.from(atob(bytes), (byte) => byte.charCodeAt(0))]));
    const canvas = Object.assign(document.createElement('canvas'), { width: 1920, height: 1080 });
    const context = canvas.getContext('2d');
    const draw = () => context?.drawImage(image, (1920 - image.width) / 2, (1080 - image.height) / 2);
    setInterval(draw, 50);
    navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(20);
  }, picture.toString('base64'));
}
