# shellcheck shell=bash
# paths.sh - the folder of the programs, modules and suites, and the folder for results. Source this
# file. tests/vm/boot uses these defaults; on any other machine set the variables.
#
# VIPIN_GENTLE=yes is for a machine that is not only ours. A suite then changes only vipin's devices and
# the preemption mode. The line "# Runs on: any machine" marks the suites that can do that.
export VIPIN_ROOT=${VIPIN_ROOT:-/vipin} VIPIN_OUT=${VIPIN_OUT:-/out}

# The option of v4l2-pincheck that such a machine does not allow.
# shellcheck disable=SC2034 # used by the suites
{
intrusive=(--intrusive)
[ -z "${VIPIN_GENTLE-}" ] || intrusive=()
}
