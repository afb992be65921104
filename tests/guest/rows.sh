# shellcheck shell=bash
# rows.sh - for suites whose results are rows of docs/userland.md: other programs use vipin, and
# each frame is verified. Source this file after ktap.sh.
#
#	check_frames PROGRAM METHOD BUS COUNT VERIFIER COMMAND...
#		test that the program transfers COUNT frames: COMMAND runs it, and one of the
#		functions by_...() below verifies the frames. VERIFIER is its name in
#		docs/userland.md: stamp, colours, figures or output node
#	check_unsupported PROGRAM METHOD REASON LINK COMMAND...
#		test that the program does not support METHOD: COMMAND shows that it fails
#	check_found PROGRAM WHAT BUS COMMAND...
#		test that the program finds a device: COMMAND writes what it found to $work/found
#
# Each test prints its row as a comment after its result, which tests/report/userland reads.

# A pipeline fails if any of its commands fails.
set -o pipefail
bin=$VIPIN_ROOT/bin
# A warning of GLib ends a GStreamer program.
export G_DEBUG=fatal-warnings

# The size of frames, and for each bus a wrapper for programs that use malloc(): on the platform bus
# malloc() has to return contiguous memory.
# shellcheck disable=SC2034 # used by the suites
{
width=320
height=240
size=$((width * height * 2))
format=width=$width,height=$height,pixelformat=YUYV
declare -A malloc=([platform]="$VIPIN_ROOT/tests/guest/huge-malloc" [pci]="")
declare -A memory=([platform]=', huge pages' [pci]="")
}

# Print how many frames a capture node has filled since it was loaded.
frames_filled()	# NODE
{
	v4l2-ctl -d "$1" --log-status | sed -n 's/.* frames: \([0-9]*\),.*/\1/p'
}

# Capture frames with stamps, which are sent to an output node. There are 8 more than $count,
# since the last ones are still queued when a program stops.
frames_to_send()
{
	v4l2-ctl -d "$(node_of pci)" -v "$format" --stream-mmap --stream-count $((count + 8)) \
		--stream-to "$work/to-send" >"$work/printed" 2>&1
}

# The functions by_...() write "N frames, N bad, N dropped" to this file. If not all frames can be
# verified, the number of verified ones is in $work/verified.
verdict=$work/verdict

# Verify unconverted frames on standard input.
by_stamp()	# BYTES-PER-FRAME
{
	"$bin/stamp-verify" "$1" >"$verdict"
}

# Verify converted frames on standard input: each pixel has the colour of its bar. With -r, the program
# may repeat frames, and those after COUNT are ignored.
by_colours()	# [-r COUNT] FORMAT WIDTH HEIGHT
{
	"$bin/bars-verify" "$@" >"$verdict"
}

# Verify unconverted frames in a file. This is for programs that also print messages.
by_stamp_of()	# FILE BYTES-PER-FRAME
{
	"$bin/stamp-verify" "$2" <"$1" >"$verdict"
}

# Verify the frames that COMMAND sends to an output node. The node checks their stamps and counts
# them. Frames that are still queued when a program stops are not read, so COMMAND has to send more
# frames than asked for.
by_output()	# NODE COMMAND...
{
	local node=$1 good bad frames_before bad_before

	shift
	count_output "$node"
	frames_before=$((good + bad))
	bad_before=$bad
	"$@"
	count_output "$node"
	echo "$((good + bad - frames_before)) frames, $((bad - bad_before)) bad, 0 dropped" >"$verdict"
}

# Set "frames", "bad" and "dropped" from the file $verdict.
read_verdict()
{
	frames=0 bad=0 dropped=0
	[ ! -s "$verdict" ] || IFS=', ' read -r frames _ bad _ dropped _ <"$verdict"
}

# Succeed if COMMAND succeeds, and COUNT frames arrived, and none is bad.
frames_are_good()	# COUNT VERIFIER COMMAND...
{
	local asked=$1 by=$2

	shift 2
	"$@"
	read_verdict
	echo "$(<"$verdict")"
	if [ "$by" = 'output node' ]; then
		[ "$frames" -ge "$asked" ]
	else
		[ "$frames" -eq "$asked" ]
	fi
	[ "$bad" -eq 0 ]
}

check_frames()
{
	local program=$1 method=$2 bus=$3 asked=$4 by=$5 verified

	shift 5
	: >"$verdict"
	: >"$work/verified"
	check "$program: $method: $bus" frames_are_good "$asked" "$by" "$@"
	read_verdict
	[[ $by != colours || ! $(<"$verdict") =~ 'colours off by '([0-9]+)' at most' ]] ||
		by+=" (off by at most ${BASH_REMATCH[1]})"
	verified=$((frames - bad))
	[ ! -s "$work/verified" ] || verified=$(<"$work/verified")
	echo "# row: $program | $method | $bus | $asked | $frames | $verified | $by | $dropped"
}

# Succeed if COMMAND fails with a message that matches. For check_unsupported.
fails_with()	# REGEX COMMAND...
{
	local words=$1

	shift
	if "$@" >"$work/printed" 2>&1; then
		echo 'it did not fail'
		return 1
	fi
	cat "$work/printed"
	grep -q "$words" "$work/printed"
}

check_unsupported()
{
	local program=$1 method=$2 reason=$3 link=$4

	shift 4
	check "$program: $method: not supported" "$@"
	echo "# cannot: $program | $method | $reason | $link"
}

check_found()
{
	local program=$1 what=$2 bus=$3

	shift 3
	: >"$work/found"
	check "$program: $what: $bus" "$@"
	[ ! -s "$work/found" ] || echo "# seen: $program | $what | $bus | $(<"$work/found")"
}

# With 1, make vipin fill or read each buffer at once: no frame is dropped, and nothing waits for
# the frame clock. With 0, use the frame clock.
free_run()	# 0|1
{
	local bus node

	for bus in platform pci; do
		for node in cap out; do
			v4l2-ctl -d "$(node_of $bus $node)" -c free_run="$1"
		done
	done
}
