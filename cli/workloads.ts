import { Command } from 'commander';
import type { Io } from './io.js';
