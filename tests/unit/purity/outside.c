/* SPDX-License-Identifier: Apache-2.0 */
/* An impure decision: it calls a function of ours that is not pure. */
void rlc_log_something(const char *text);
void rlc_mutant_outside(void);

void rlc_mutant_outside(void)
{
    rlc_log_something("decided");
}
