# shellcheck shell=bash
# paths.sh - the folder of the programs, modules and suites, and the folder for results. Source this
# file. tests/vm/boot uses these defaults; on any other machine set the variables.
export VIPIN_ROOT=${VIPIN_ROOT:-/vipin} VIPIN_OUT=${VIPIN_OUT:-/out}
