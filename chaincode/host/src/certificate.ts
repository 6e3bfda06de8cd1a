import { X509Certificate } from 'node:crypto';
import { type DerElement, derElements, derTag } from './der';

/** 2.5.4.11 */
const organisationalUnit = '55040b';
/** 1.2.3.4.5.6.7.8.1: where Fabric CA puts the attributes that it vouches for. */
const fabricAttributes = '2a03040506070801';
/** Position in TBSCertificate without the version, RFC 5280 section 4.1. */
const subjectIndex = 4;

export interface CertificateFacts {
  /** The OU attributes of the subject. */
  readonly units: readonly string[];
  /** The content of Fabric CA's extension; undefined where there is none. */
  readonly attributes: string | undefined;
}

/** What Node's own certificate class does not tell, or tells only as text to be taken apart again. @throws Error */
export function certificateFacts(certificate: Uint8Array): CertificateFacts {
  const [whole] = derElements(new X509Certificate(certificate).raw);
  const [signed] = inside(whole);
  const fields = inside(signed).filter(({ tag }) => tag !== derTag.context0);
  const extensions = fields.find(({ tag }) => tag === derTag.context3);
  return {
    units: unitsOf(fields[subjectIndex]),
    attributes: extensions ? attributesOf(inside(extensions)[0]) : undefined,
  };
}

/** Name: a sequence of sets of pairs of an object identifier and a string. */
function unitsOf(subject: DerElement | undefined): readonly string[] {
  return inside(subject)
    .flatMap(inside)
    .map(inside)
    .filter(([type]) => type?.content.toString('hex') === organisationalUnit)
    .map(([, value]) => value?.content.toString('utf8') ?? '');
}

/** Extensions: a sequence of triples of an object identifier, whether it is critical (may be left out), an octet string. */
function attributesOf(extensions: DerElement | undefined): string | undefined {
  const extension = inside(extensions)
    .map(inside)
    .find(([type]) => type?.tag === derTag.objectIdentifier && type.content.toString('hex') === fabricAttributes);
  return extension?.find(({ tag }) => tag === derTag.octetString)?.content.toString('utf8');
}

function inside(element: DerElement | undefined): readonly DerElement[] {
  if (!element) throw new RangeError('The certificate has another form than RFC 5280 gives');
  return derElements(element.content);
}
