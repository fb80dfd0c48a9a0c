/** Runs every test module and leaves what came of it in `window.results`. */
import { run } from './harness.js';
import './activity.test.js';
import './ballot.test.js';
import './barrage.test.js';
import './types.test.js';
import './desk.test.js';
import './draw.test.js';
import './i18n.test.js';
import './lanes.test.js';
import './packet.test.js';
import './state.test.js';
import './studio.test.js';

window.results = await run();
