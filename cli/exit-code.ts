export const EXIT_DONE = 0;
/** The question's answer is no: a bound was not met. */
export const EXIT_ANSWER_IS_NO = 1;
/** The input, or what surrounds the command (disk, directory), is wrong; one line on stderr says how. */
export const EXIT_WRONG_INPUT = 2;
export const EXIT_INTERRUPTED = 130;
