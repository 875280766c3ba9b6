import type { Request } from 'express';
import { RequestError } from './request-error.ts';
import type { UploadRoute } from './route.ts';

/** Which of the route's media types the body has. @throws RequestError CONTENT_TYPE_UNSUPPORTED */
export function uploadFormatOf(request: Request, { mediaTypes }: UploadRoute): string {
  const [type = '', ...parameters] = (request.get('content-type') ?? '').toLowerCase().split(';');
  const charset = parameters
    .map((parameter) => parameter.replace(/[\s"]/g, ''))
    .find((text) => text.startsWith('charset='));
  const format = Object.entries(mediaTypes).find(([, mediaType]) => mediaType === type.trim())?.[0];
  const encoding = request.get('content-encoding') ?? 'identity';
  if (format === undefined || (charset !== undefined && charset !== 'charset=utf-8') || encoding !== 'identity')
    throw new RequestError(
      'CONTENT_TYPE_UNSUPPORTED',
      `"Content-Type" must be ${Object.values(mediaTypes).join(' or ')} in UTF-8, and the body not compressed`,
    );
  return format;
}

/** Which part of the file the body is: all of it, where nothing is said. The names are those of HTTP's resumable uploads. */
export function uploadPartOf(request: Request): { offset: number; isComplete: boolean } {
  const offset = request.get('upload-offset') ?? '0';
  const complete = request.get('upload-complete') ?? '?1';
  if (!/^\d{1,15}$/.test(offset))
    throw new RequestError('UPLOAD_HEADER_INVALID', 'the header "Upload-Offset" must be a whole number of bytes');
  if (complete !== '?0' && complete !== '?1')
    throw new RequestError(
      'UPLOAD_HEADER_INVALID',
      'the header "Upload-Complete" must be ?1, or ?0 where more will follow',
    );
  return { offset: Number(offset), isComplete: complete === '?1' };
}
