# shellcheck shell=bash
# ktap.sh - functions for suites. Source this file. Each test is a KTAP line, and after each test
# some conditions must hold: no page is pinned that was not before, vipin counts as many pages as
# before, each bus has its capture node, all of them stream, and the kernel has logged no unexpected
# warning.
#
#	check NAME COMMAND...	run a test: COMMAND must succeed
#	announce REGEX		allow the next test to log messages that match
#	skip NAME WHY		report a test that cannot run here
#	check_whole NAME COMMAND...	run a test of what is beside the picture in a frame, with v4l2-ctl
#	report_scenarios WHICH	report a test for each line that a program of scenarios printed, from
#				standard input
#	check_scenarios WHICH COMMAND...	run a test, and report the scenarios of its program,
#				which COMMAND runs with finishes()
#	report_rows WHICH	report each row that v4l2-pincheck prints as KTAP, from standard input; WHICH
#				may be empty
#	find_alignment NODE	set "alignment" to the bytes of which pointers and lengths must be a multiple
#	set_one_plane		end a test that has set a format with two planes
#	start_stream NODE [OPTION]	capture into user pointers, or as the option of v4l2-ctl says, until
#				"streamer" is killed
#	ktap_end		print the plan; without it the suite has failed
#	has_kasan		succeed if the kernel has KASAN, which makes it several times slower
#	"${unprivileged[@]}" COMMAND...	run a command as an ordinary user

# shellcheck source=tests/guest/paths.sh
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"
# shellcheck source=tests/guest/pins.sh
. "$(dirname "${BASH_SOURCE[0]}")/pins.sh"
# shellcheck source=tests/guest/kernel-log.sh
. "$(dirname "${BASH_SOURCE[0]}")/kernel-log.sh"

number=0
announced=
# shellcheck disable=SC2034 # used by the suites
unprivileged=(setpriv --reuid 1000 --regid 1000 --clear-groups)

echo 'KTAP version 1'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# This file starts as few processes as possible, since most of it runs after every test, and an
# emulated machine needs up to 50 ms to start a process.

has_kasan()
{
	grep -qw kasan_quarantine_put /proc/kallsyms
}

# Print vipin's capture node on a bus, its output node, its metadata node, or its memory-to-memory
# node. Devices that configfs has made do not count.
node_of()	# platform|pci [cap|out|meta|m2m]
{
	local node name

	for node in "/sys/bus/$1/drivers/vipin"/*/video4linux/video*; do
		[[ -e $node && $node != *.auto/* ]] || continue
		read -r name <"$node/name"
		[ "${name##*-}" != "${2:-cap}" ] || {
			echo "/dev/${node##*/}"
			return
		}
	done
	return 1
}

# The buses that have a device of vipin. tests/guest/load fails if a machine should have both.
# shellcheck disable=SC2034 # used by the suites
mapfile -t buses < <(for bus in platform pci; do
	! node_of $bus >/dev/null || echo $bus
done)

# Set a format with one plane on each capture node, since examine_health() uses read(), which does not
# support two planes.
set_one_plane()
{
	local node

	for node in /sys/class/video4linux/video*; do
		[[ $(<"$node/name") != vipin*-cap ]] ||
			v4l2-ctl -d "/dev/${node##*/}" -v width=640,height=480,pixelformat=YUYV
	done
}

# A device may take any pointer. On arm64, videobuf2 wants multiples of a cache line, which no file names,
# so v4l2-pincheck tries some.
find_alignment()	# NODE
{
	# shellcheck disable=SC2034 # used by the suites
	alignment=$("$VIPIN_ROOT/bin/v4l2-pincheck" --memory hugetlb "$1" | sed -nE \
		's/^  alignment: a frame may start at any byte$/1/p; s/^  alignment: .* multiples of ([0-9]+) bytes$/\1/p')
	[ -n "$alignment" ]
}

# Set "good" and "bad" to the frames that an output node has counted.
count_output()	# NODE
{
	local name value

	while read -r name value; do
		case $name in
		good_frames:) good=$value ;;
		bad_frames:) bad=$value ;;
		esac
	done < <(v4l2-ctl -d "$1" -C good_frames,bad_frames)
}

# v4l2-ctl 1.20 and 1.22 write only the composed part of a frame into a file, without the padding of its
# lines. That of trixie does so for codecs only. every-format tests the rest of a frame without v4l2-ctl.
check_whole()
{
	local version

	version=$(v4l2-ctl --version)
	version=${version%%$'\n'*}
	if is_at_least 1.30 "${version#v4l2-ctl }"; then
		check "$@"
	else
		skip "$1" "$version writes only the composed part of a frame"
	fi
}

is_at_least()	# OLDEST VERSION
{
	[ "$(printf '%s\n' "$@" | sort -V | head -n 1)" = "$1" ]
}

# Succeed if this kernel has the version or a newer one.
kernel_is()	# VERSION
{
	is_at_least "$1" "$(uname -r)"
}

# Record the state before the first test.
remember_health()
{
	count_pins
	pinned=$held
	count_records
	recorded=$counted
	open_kernel_log
}

# Set "ailing" to the conditions that do not hold after a test.
examine_health()
{
	local bus line node name stamp

	ailing=()
	count_pins_until "$pinned" || ailing+=("$held pages are pinned, $pinned were before the test")
	pinned=$held
	count_records
	[ "$counted" -eq "$recorded" ] ||
		ailing+=("vipin counts $counted pinned pages, and $recorded before the test")
	recorded=$counted

	# A memory-to-memory node takes the place of both other nodes.
	for bus in "${buses[@]}"; do
		node_of "$bus" >/dev/null || node_of "$bus" m2m >/dev/null ||
			ailing+=("vipin has no capture node on the bus $bus any more")
	done
	for node in /sys/class/video4linux/video*; do
		read -r name <"$node/name"
		[[ $name == vipin*-cap ]] || continue
		stamp=
		IFS= read -r -N 4 -t 60 stamp <"/dev/${node##*/}"
		[ "$stamp" = VPIN ] || ailing+=("${node##*/} does not stream any more")
	done

	# Read the log after capturing, so that its messages belong to this test.
	read_kernel_log
	for line in "${warnings[@]}"; do
		is_harmless "$line" || [[ -n $announced && $line =~ $announced ]] ||
			ailing+=("the kernel logged: $line")
	done
	announced=
}

report()	# ok|"not ok" NAME
{
	number=$((number + 1))
	echo "$1 $number - $2"
}

check()
{
	local name=$1 code=0

	shift
	# Run it in a new shell with "set -e": the first command that fails ends the test.
	(set -eu; "$@") </dev/null >"$work/output" 2>&1 &
	wait $! || code=$?
	examine_health

	if [ "$code" -eq 0 ] && [ ${#ailing[@]} -eq 0 ]; then
		report ok "$name"
		return
	fi
	echo "# '$*' ended with $code"
	[ ${#ailing[@]} -eq 0 ] || printf '# %s\n' "${ailing[@]}"
	tail -n 20 "$work/output" | sed 's/^/# | /'
	report 'not ok' "$name"
}

announce()
{
	announced=$1
}

skip()
{
	announced=
	report ok "$1 # SKIP $2"
}

# The input has a line for each scenario: "right NAME", "skipped NAME: WHY", "expected-failure NAME:
# QUIRK: WHY", or another word, which is a failure. Lines that begin with "#" are passed on.
report_scenarios()	# WHICH
{
	local which=$1 word name why

	while read -r word name why; do
		[ "$word" != '#' ] || {
			echo "# $name $why"
			continue
		}
		name="$which: ${name%:}"
		case $word in
		right) report ok "$name" ;;
		skipped) skip "$name" "$why" ;;
		expected-failure)
			echo "# expected failure (kernel quirk $why)"
			report ok "$name"
			;;
		*)
			echo "# $word: $why"
			report 'not ok' "$name"
			;;
		esac
	done
}

# Run a program that prints a line for each scenario. Status 1 means that scenarios failed. These are
# reported by their own lines.
finishes()	# COMMAND...
{
	local code=0

	"$@" >"$work/scenarios" || code=$?
	[[ $code == [014] ]]
}

# Check a command that calls finishes(), and report the scenarios.
check_scenarios()	# WHICH COMMAND...
{
	: >"$work/scenarios"
	check "$1: no page stays pinned" "${@:2}"
	report_scenarios "$1" <"$work/scenarios"
}

report_rows()	# WHICH
{
	local line rows=0 plan=none which=${1:+$1: }

	while IFS= read -r line; do
		case $line in
		'ok '*) report ok "$which${line#ok * - }" ;;
		'not ok '*) report 'not ok' "$which${line#not ok * - }" ;;
		'# '*) echo "$line" ;;
		1..*) plan=${line#1..} ;;
		esac
		[[ $line != *'ok '*' - '* ]] || rows=$((rows + 1))
	done
	[ "$rows" = "$plan" ] || report 'not ok' "$which$rows rows, but $plan were planned"
}

# Start a program that captures into user pointers, and return when the first frame has arrived. The
# program writes a "<" for each frame, which can be read from the file descriptor "frames".
start_stream()	# NODE [OPTION]
{
	exec {frames}< <(exec "$VIPIN_ROOT/tests/guest/huge-malloc" v4l2-ctl -d "$1" \
		"${2---stream-user}" --stream-count 100000 2>&1 >/dev/null)
	streamer=$!
	read -r -t 60 -d '<' -u "$frames" || {
		echo "$1 does not stream"
		return 1
	}
}

ktap_end()
{
	echo "1..$number"
}

remember_health
