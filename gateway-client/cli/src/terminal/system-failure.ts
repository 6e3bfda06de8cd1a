import type { JsonObject } from '@kessai/interface';
import type { Failure } from './failure';

/** An error with which the operating system answered a call. */
interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
  readonly dest?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

/** What an answer of the system means: our code for it, what is the matter, and what to do. */
interface Meaning {
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
}

export function isSystemError(error: unknown): error is SystemError {
  if (typeof error !== 'object' || error === null) return false;
  const { code, syscall } = error as Partial<SystemError>;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) && typeof syscall === 'string';
}

/**
 * What a refused system call means to whoever called the command: what could not be done to which file, why, and what to do.
 *
 * @param place the directory of the command, for calls that name no file.
 */
export function systemFailure(error: SystemError, place?: string): Failure {
  if (error.syscall === 'uv_cwd')
    return failure(workingDirectoryGone, 'The current directory cannot be read', error, '');
  const { port, address = '' } = error;
  if (port !== undefined) {
    return failure(
      meaningOf(error),
      `Port ${port.toString()}${address === '' ? '' : ` of ${address}`} cannot be used`,
      error,
      '',
    );
  }
  const named = error.path ?? error.hostname ?? '';
  const subject = named !== '' ? named : place === undefined ? 'A file' : `A file in ${place}`;
  return failure(
    meaningOf(error),
    `${subject} cannot be ${doneBy(error.syscall)}`,
    error,
    named === '' ? (place ?? '') : named,
  );
}

function failure({ code, reason, remedy }: Meaning, what: string, error: SystemError, path: string): Failure {
  const message = `${what}: ${reason}.`;
  const places: JsonObject = {
    ...(path === '' ? {} : { path }),
    ...(error.dest === undefined ? {} : { dest: error.dest }),
    ...(error.port === undefined ? {} : { port: error.port }),
  };
  const document = { code, message, remedy, system: error.code, call: error.syscall, ...places };
  return { exitCode: 1, error: document, lines: [message, remedy] };
}

const doing: Readonly<Record<string, string>> = {
  open: 'opened',
  read: 'read',
  scandir: 'read',
  readlink: 'read',
  realpath: 'read',
  stat: 'read',
  lstat: 'read',
  statfs: 'read',
  access: 'read',
  write: 'written',
  writev: 'written',
  fsync: 'written',
  ftruncate: 'written',
  mkdir: 'made',
  mkdtemp: 'made',
  link: 'made',
  symlink: 'made',
  rename: 'renamed',
  copyfile: 'copied',
  unlink: 'removed',
  rm: 'removed',
  rmdir: 'removed',
  chmod: 'changed',
  fchmod: 'changed',
  chown: 'changed',
};

function doneBy(call: string): string {
  return doing[call] ?? (call.startsWith('spawn') ? 'started' : 'used');
}

const workingDirectoryGone: Meaning = {
  code: 'CurrentDirectoryGone',
  reason: 'it has been removed since it was entered',
  remedy: 'Change to a directory that is there (cd), then do it again.',
};

const again = 'then do it again.';
const full = `Free space on that disk, or choose a directory on another one; ${again}`;
const denied = {
  code: 'AccessDenied',
  remedy: `See with ls -ld whose it is; give this user the right, or choose another directory; ${again}`,
};
const absent = { code: 'FileAbsent', remedy: `Check how the path is written; ${again}` };
const present = { code: 'FilePresent', remedy: `Move it away, or choose another name; ${again}` };
const busy = { code: 'FileBusy', remedy: `End the program that uses it; ${again}` };
const unreachable = {
  code: 'NodeUnreachable',
  remedy: `See that it runs and that a firewall lets it through; ${again}`,
};
const limit = {
  code: 'LimitReached',
  remedy: `Raise the limit (ulimit -a shows it), or end other programs of this user; ${again}`,
};

/** By the system's own name of the answer. */
const meanings: Readonly<Record<string, Meaning>> = {
  ENOSPC: { code: 'DiskFull', reason: 'the disk is full', remedy: full },
  EDQUOT: { code: 'DiskFull', reason: "this user's quota on that disk is used up", remedy: full },
  EFBIG: {
    code: 'FileTooLarge',
    reason: 'it would be larger than files may be here',
    remedy: `Raise the limit (ulimit -f shows it); ${again}`,
  },
  EACCES: { ...denied, reason: 'this user has no right to it' },
  EPERM: { ...denied, reason: 'the system does not permit it' },
  EROFS: {
    code: 'AccessDenied',
    reason: 'its file system can only be read',
    remedy: `Choose a directory on another file system; ${again}`,
  },
  ENOENT: { ...absent, reason: 'it is not there' },
  ENOTDIR: { ...absent, reason: 'a part of its path is a file and no directory' },
  ELOOP: { ...absent, reason: 'its path leads through links in a circle' },
  ENAMETOOLONG: { ...absent, reason: 'its name is longer than names may be here' },
  EISDIR: { ...absent, reason: 'it is a directory and no file' },
  EEXIST: { ...present, reason: 'it is there already' },
  ENOTEMPTY: { ...present, reason: 'it is not empty' },
  EXDEV: {
    code: 'FilePresent',
    reason: 'it would go to another file system',
    remedy: `Choose a directory on the same file system; ${again}`,
  },
  EBUSY: { ...busy, reason: 'it is in use' },
  ETXTBSY: { ...busy, reason: 'it is a program that runs' },
  EMFILE: { ...limit, reason: 'this process has as many files open as it may have' },
  ENFILE: { ...limit, reason: 'this machine has as many files open as it may have' },
  EAGAIN: { ...limit, reason: 'the system has no more processes or memory to give now' },
  ENOMEM: { ...limit, reason: 'there is not enough memory' },
  EIO: {
    code: 'DiskFault',
    reason: 'the disk or its connection failed',
    remedy: "Read the system's log; use a copy on another disk.",
  },
  EINVAL: {
    code: 'SystemRefused',
    reason: 'its file system does not know what was asked of it',
    remedy: `Choose a directory on another file system; ${again}`,
  },
  EPIPE: {
    code: 'OutputClosed',
    reason: 'nobody reads any more what is written',
    remedy: 'See what has ended at the other end.',
  },
  EADDRINUSE: {
    code: 'PortInUse',
    reason: 'another program listens on it',
    remedy: `End that program, or choose another port; ${again}`,
  },
  EADDRNOTAVAIL: {
    code: 'AddressUnavailable',
    reason: 'this machine does not have the address',
    remedy: `Give an address of this machine; ${again}`,
  },
  ECONNREFUSED: { ...unreachable, reason: 'nothing listens on it' },
  ECONNRESET: { ...unreachable, reason: 'the other end has ended the connection' },
  ETIMEDOUT: { ...unreachable, reason: 'no answer came in time' },
  EHOSTUNREACH: { ...unreachable, reason: 'there is no way to that machine' },
  ENETUNREACH: { ...unreachable, reason: 'there is no way to that network' },
  ENOTFOUND: { ...unreachable, reason: 'the name of the host is not known' },
};

/** Why the system refused, as half a sentence. */
export function reasonOf(error: SystemError): string {
  return meaningOf(error).reason;
}

function meaningOf({ code }: SystemError): Meaning {
  return (
    meanings[code] ?? {
      code: 'SystemRefused',
      reason: `the system answers ${code}`,
      remedy: `See what it means with: errno ${code}`,
    }
  );
}
