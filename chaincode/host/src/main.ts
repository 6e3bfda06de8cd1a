#!/usr/bin/env node
import { join } from 'node:path';
import { runSupervisor } from './run-supervisor';

runSupervisor(join(__dirname, 'worker.js'));
