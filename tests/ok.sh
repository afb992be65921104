# shellcheck shell=bash
# For tests that run on the host. $work is a temporary folder, which is removed at the end.
#
#	check NAME COMMAND...	run a test; prints the output of COMMAND if it fails
#	finish			print the total; fails if a test has failed

set -eu -o pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

check()
{
	local name=$1 code

	shift
	set +e
	(set -e; "$@") >"$work/output" 2>&1
	code=$?
	set -e
	if [ $code -eq 0 ]; then
		passed=$((passed + 1))
		echo "ok $name"
	else
		failed=$((failed + 1))
		sed 's/^/# /' "$work/output"
		echo "not ok $name"
	fi
}

finish()
{
	echo "${0##*/}: $passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}
