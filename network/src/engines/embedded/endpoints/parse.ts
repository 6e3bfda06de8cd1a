/** Reads a protobuf message; the error has the wording of a real peer, which names the message and not the byte. */
export function parse<T>(type: { deserializeBinary(bytes: Uint8Array): T }, name: string, bytes: Uint8Array): T {
  try {
    return type.deserializeBinary(bytes);
  } catch {
    throw new MalformedMessage(name);
  }
}

export class MalformedMessage extends Error {
  readonly code = 'MalformedMessage';
  readonly messageType: string;

  constructor(messageType: string) {
    super(`error unmarshalling ${messageType}: proto: cannot parse invalid wire-format data`);
    this.name = 'MalformedMessage';
    this.messageType = messageType;
  }
}
