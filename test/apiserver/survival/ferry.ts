/** Runs on an island: takes connections at a port there and carries them to a socket file. Ends when that is closed. */

import { connect, createServer } from 'node:net';
import { joined } from './joined.ts';

const [, , socketFile = '', port = ''] = process.argv;

// It says whether anybody is left on the other side.
connect(socketFile).once('close', () => process.exit());

createServer(inner => joined(inner, connect(socketFile))).listen(Number(port), '127.0.0.1');
