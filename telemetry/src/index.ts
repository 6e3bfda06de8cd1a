export {
  type Log,
  type LogFields,
  type LogFormat,
  type LogLevel,
  type LogSettings,
  LOG_FORMATS,
  LOG_FORMAT_VARIABLE,
  PROCESS_NAME_VARIABLE,
  logTo,
  plainLog,
} from './log';
export { type ListenAddress, METRICS_ADDRESS_VARIABLE, listenAddressOf } from './metrics-address';
export { type ToldError, logUncaught, logWarnings, placeOfError, wholeError } from './runtime-log';
