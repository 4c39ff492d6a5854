/** What every file of tests begins with (vite.config.ts). Only this is run anew for each of them: what it imports stays in their process. */
import './fixed-seed.testing.ts';
import { failOnTimersLeft } from './left-behind.testing.ts';
import { putBackAfterwards } from './shared-process.testing.ts';

failOnTimersLeft();
putBackAfterwards();
