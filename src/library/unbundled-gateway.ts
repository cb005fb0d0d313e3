/** The gateway for a process with plugins, which must share libraries with them: left out of the program's one file. */
export { createGateway } from '../gateway.ts';
