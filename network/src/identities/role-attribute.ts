import { Extension } from '@peculiar/x509';

/** Where Fabric CA puts an identity's attributes in its certificate, and where chaincode libraries look for them. */
export const ATTRIBUTES_OID = '1.2.3.4.5.6.7.8.1';

/** The attribute that says what its bearer does in the market. */
export const ROLE_ATTRIBUTE = 'kessai.role';

/** The certificate extension with the role, in Fabric CA's form: JSON text as the extension's value. */
export function roleAttributeExtension(role: string): Extension {
  const json = JSON.stringify({ attrs: { [ROLE_ATTRIBUTE]: role } });
  return new Extension(ATTRIBUTES_OID, false, new Uint8Array(Buffer.from(json)));
}
