import PDFDocument from 'pdfkit';

/** A PDF, with an attachment where one is given. */
export function toPdf(attachment?: string): Promise<Buffer> {
  const pdf = new PDFDocument({ subset: 'PDF/A-3b', pdfVersion: '1.7', tagged: true });
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  pdf.rect(50, 50, 100, 100).stroke();
  // pdfkit knows the relationship, its types do not yet
  const asData = { name: 'proof.json', type: 'application/json', relationship: 'Data' };
  if (attachment) pdf.file(Buffer.from(attachment), asData);
  return new Promise((resolve) => {
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.end();
  });
}
