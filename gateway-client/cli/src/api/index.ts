export { requestOf } from './example-request';
export { type FieldDescription, type MethodDescription, describeMethod } from './method-description';
export { methodText } from './method-text';
export { referencePages } from './reference-pages';
export { closest } from './suggestion';
