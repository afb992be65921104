#!/bin/sh
# Runs the suites of this folder. Needs only a shell. --help explains it.

usage()
{
	cat <<'TEXT'
Usage: run_kselftest.sh [OPTION]...
Tests vipin on this machine, as root. Loads vipin and vimap, runs all suites, prints
their results in the format KTAP, and unloads both. Everything else stays as it was.
While a suite runs, the result of each test goes to standard error.

  -s, --suite SUITE  run this suite only; can be given more than once
  -l, --list         print the names of the suites
  -o, --out FOLDER   write a KTAP file and a log for each suite into FOLDER, which is
                     made (default: results, in the folder of this script)
  -b, --board NAME   the name of this machine, for the table of a lab (default: its model)
  -h, --help         print this text

Exit status:
  0    no test failed
  1    a test failed, or the machine is not as it was
  2    the command line or the path of this folder is wrong
  4    all tests were skipped, or no suite can run here: the reason is printed
  130  interrupted; both modules are unloaded
TEXT
}

wrong()
{
	echo "run_kselftest.sh: $*; see --help" >&2
	exit 2
}

VIPIN_ROOT=$(cd "${0%/*}" && pwd) || exit
# LD_PRELOAD ends a path there.
case $VIPIN_ROOT in
*[\ :]*) wrong "the path of this folder, '$VIPIN_ROOT', must have no space and no colon" ;;
esac
VIPIN_OUT=$VIPIN_ROOT/results
export VIPIN_ROOT VIPIN_OUT
export PATH="$VIPIN_ROOT/tools:$PATH:/usr/sbin:/sbin" LC_ALL=C
here=$VIPIN_ROOT/tests/guest/here
suites=
board=
while [ $# -gt 0 ]; do
	case $1 in
	-s | --suite)
		"$here" --list | grep -qxF -e "${2-}" || wrong "there is no suite '${2-}'"
		suites="$suites $2"
		shift
		;;
	-o | --out)
		[ -n "${2-}" ] || wrong "$1 needs a folder"
		mkdir -p "$2" || exit 2
		VIPIN_OUT=$(cd "$2" && pwd)
		shift
		;;
	-b | --board)
		[ -n "${2-}" ] || wrong "$1 needs a name"
		board=$2
		shift
		;;
	-l | --list)
		exec "$here" --list
		;;
	-h | --help)
		usage
		exit
		;;
	*)
		wrong "there is no option '$1'"
		;;
	esac
	shift
done

# Print the model of this machine: a device tree has it, or a PC's firmware.
model()
{
	cat /proc/device-tree/model 2>/dev/null || cat /sys/class/dmi/id/product_name 2>/dev/null || uname -n
}

mkdir -p "$VIPIN_OUT" || exit 2
rm -f "$VIPIN_OUT"/*.ktap "$VIPIN_OUT"/*.log "$VIPIN_OUT/suites"
# What is tested, for a lab that merges the results of many machines.
{
	cat "$VIPIN_ROOT/job"
	echo "board=$(echo "${board:-$(model | tr -d '\0')}" | tr ' ' '-')"
	echo "kernel=$(uname -r)"
	echo "began=$(date -u +%Y-%m-%dT%H:%M:%S)"
} >"$VIPIN_OUT/job"
# shellcheck disable=SC2086 # names are single words
"$here" $suites >&2 2>"$VIPIN_OUT/messages" &
runner=$!
# An interrupt ends the suites. Wait until the modules are unloaded.
interrupted=
trap 'interrupted=yes; kill $runner' INT TERM HUP
wait $runner
code=$?
if [ -n "$interrupted" ]; then
	trap '' INT TERM HUP
	wait $runner
	code=$?
	[ $code -eq 1 ] || code=130
fi
cat "$VIPIN_OUT/messages" >&2

echo 'KTAP version 1'
if [ ! -e "$VIPIN_OUT/suites" ]; then
	echo "1..0 # SKIP $(sed -n '$s/^[a-z]*: //p' "$VIPIN_OUT/messages")"
	[ $code -ne 2 ] || code=4
	exit $code
fi
echo "1..$(wc -l <"$VIPIN_OUT/suites")"
number=0
failed=0
passed=0
while read -r suite; do
	number=$((number + 1))
	file=$VIPIN_OUT/$suite.ktap
	[ -e "$file" ] || file=/dev/null
	echo "# selftests: vipin: $suite"
	sed 's/^/  /' "$file"
	# The words are four numbers: passed, failed, skipped, seconds.
	# shellcheck disable=SC2046
	set -- $(awk -v suite="$suite" -f "$VIPIN_ROOT/tests/guest/judge.awk" "$file" 2>/dev/null)
	passed=$((passed + $1))
	failed=$((failed + $2))
	case $1:$2 in
	0:0) echo "ok $number selftests: vipin: $suite # SKIP all tests are skipped" ;;
	*:0) echo "ok $number selftests: vipin: $suite" ;;
	*) echo "not ok $number selftests: vipin: $suite" ;;
	esac
done <"$VIPIN_OUT/suites"
[ $code -eq 0 ] || exit $code
[ $failed -eq 0 ] || exit 1
[ $passed -gt 0 ] || exit 4
