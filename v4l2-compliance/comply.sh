# shellcheck shell=bash
# comply.sh - run v4l2-compliance and report its results. Source this file after
# tests/guest/ktap.sh.
#
#	use_api single|multi		switch vipin and vivid to the single-planar or
#					multi-planar API
#	comply NAME OPTION... DEVICE...	run v4l2-compliance on all DEVICEs, and report each of
#					its tests, with NAME
#	judge_health NAME [REGEX]	report whether no page is pinned, the kernel has logged
#					nothing (except REGEX), and the devices still stream
#
# A DEVICE is one node, such as platform-cap, pci-out, pci-meta or pci-m2m, or both nodes of
#
#	platform, pci		vipin on this bus
#	vivid			vivid with vmalloc() memory
#	vivid-contig		vivid with dma-contig memory
#
# OPTIONs are those of v4l2-compliance, with arguments in the same word (-s20). These differ:
#
#	-e, --expbuf-device DEVICE	a DEVICE without "-cap" or "-out"; the node of the same
#					direction is used
#	-M, --media-device-only		no argument; the media device of each DEVICE is tested
#	--format FOURCC			set the devices to this format first
#	--requests			the device has to support media requests
#
# For vipin, failures and warnings fail a test here, and so does "Not Supported" for reading and
# streaming. The file "differs" lists errors of v4l2-compliance itself. For vivid only one result
# is tested: whether it accepts vipin's memory. The others are for comparison.
#
# $out keeps the complete output of v4l2-compliance, and compliance.tsv with the columns NAME,
# device, exporter, test, result, complaints.
#
# On the platform bus there is no IOMMU. v4l2-compliance queues pointers from malloc(), so malloc()
# uses huge pages there.
#
# v4l2-compliance streams at the highest rate, 240 frames a second, and warns about dropped
# frames. An emulated or busy machine is too slow for this rate. So vipin's control Free Run is
# used: a frame is made whenever a buffer is queued.

comply_folder=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# V4L_UTILS= puts another version of v4l2-compliance there.
PATH=$comply_folder:$PATH
out=$VIPIN_OUT
api=single
# A run of v4l2-compliance that takes longer than this has got stuck. All formats take longer.
comply_seconds=120
[ ! -e /proc/lockdep_stats ] || comply_seconds=600
not_ended='v4l2-compliance has not ended'

use_api()
{
	local bus planes=N

	[ "$1" != "$api" ] || return 0
	api=$1
	[ "$api" = single ] || planes=Y
	# shellcheck disable=SC2154 # tests/guest/ktap.sh sets it
	for bus in "${buses[@]}"; do
		"$VIPIN_ROOT/tests/guest/rebind" "$bus" "$planes"
	done
	[ ! -e /sys/module/vivid ] || use_vivid
}

# Load vivid with two devices, one with vmalloc() memory and one with dma-contig memory. Their
# inputs are a webcam and HDMI, which have neither TV standards nor fields.
use_vivid()
{
	local planes=1

	[ "$api" = single ] || planes=2
	modprobe -rq vivid || :
	modprobe vivid n_devs=2 node_types=0x101,0x101 allocators=0,1 \
		multiplanar=$planes,$planes num_inputs=1,1 input_types=0,0 \
		num_outputs=1,1 output_types=1,1
}

# Print the node of a DEVICE with "-cap" or "-out".
comply_node()	# DEVICE
{
	local name=vivid-000

	case $1 in
	vivid-contig-*) name=vivid-001 ;;
	vivid-*) ;;
	*)
		node_of "${1%-*}" "${1##*-}"
		return
		;;
	esac
	grep -lx "$name-vid-${1##*-}" /sys/class/video4linux/*/name | sed 's,/name$,,; s,.*/,/dev/,'
}

# Set the size and format of a DEVICE. vipin also gets free_run=1.
comply_prepare()	# DEVICE SIZE
{
	local node set=--set-fmt-video

	node=$(comply_node "$1")
	# Each open file of a memory-to-memory node has a format of its own. Metadata have one only.
	[ "${1##*-}" != m2m ] || return 0
	[ "${1##*-}" = cap ] || set=--set-fmt-video-out
	[ "${1##*-}" = meta ] || v4l2-ctl -d "$node" "$set=$2,pixelformat=${format:-YUYV}"
	case $1 in vivid*) ;; *) v4l2-ctl -d "$node" -c free_run=1 ;; esac
}

# Did the tool meet an error of its own, which depends on moments? It reads twice without blocking
# from a new stream, and expects a frame both times or neither time (testReadWrite() in its
# v4l2-test-buffers.cpp). With Free Run the first frame can become ready between the two calls. It
# gives a child process 250 ms to start and to call STREAMOFF (testBlockingDQBuf()), which a busy
# machine exceeds. And it can miss the end of a memory-to-memory stream:
# docs/reports/v4l2-compliance-m2m.md.
comply_met_own_error()	# LOG
{
	grep -qE 'ret2 != ret \|\| err2 != err|pid != pid_streamoff|!thread_streamoff.done' "$1" ||
		{ grep -q "^$not_ended" "$1" && grep -q 'Frame #[1-9][0-9][0-9]' "$1"; }
}

# Run the tool again if it met an error of its own.
comply_retry()	# DEVICE
{
	local log

	log=$out/$(comply_log "$1")
	! comply_met_own_error "$log" || {
		echo "# $1: running again; the first output is in ${log##*/}.first"
		mv "$log" "$log.first"
		comply_run "$1" >"$log" 2>&1
	}
}

# Run the tool on one node.
comply_run()	# DEVICE
{
	local node arguments=("${options[@]}") malloc=()

	node=$(comply_node "$1")
	case $1 in platform-*) malloc=("$comply_folder/../tests/guest/huge-malloc") ;; esac
	if [ -n "$media" ]; then
		arguments+=(-M "$(echo "/sys/class/video4linux/${node##*/}/device"/media* | sed 's,.*/,/dev/,')")
	else
		arguments+=(-d "$node")
		comply_prepare "$1" width=640,height=480
	fi
	if [ -n "$exporter" ]; then
		# Export larger frames: in some formats vivid needs slightly longer buffers than
		# vipin.
		comply_prepare "$exporter-${1##*-}" width=1280,height=720
		arguments+=(-e "$(comply_node "$exporter-${1##*-}")")
	fi
	"${malloc[@]}" stdbuf -oL v4l2-compliance --color never "${arguments[@]}" &
	end_in_time $!
}

# Wait until a program ends. If that takes too long, print where it waits, and kill it.
end_in_time()	# PID
{
	local seconds=$comply_seconds

	[[ " ${options[*]}" != *' -f'* ]] || seconds=$((10 * seconds))
	timeout $seconds tail --pid="$1" -s 0.1 -f /dev/null || {
		printf '\n%s after %s seconds. Its threads wait here:\n' "$not_ended" $seconds
		tail -n +1 "/proc/$1/task"/*/{comm,syscall,stack}
		pkill -KILL -P "$1" || :
		kill -KILL "$1"
	}
	wait "$1" || :
}

# Reset vipin's devices. The health check uses read(), which does not work with formats of two
# planes.
comply_restore()	# DEVICE...
{
	local device format=

	for device; do
		case $device in
		*-m2m) ;;
		platform-* | pci-*)
			comply_prepare "$device" width=640,height=480
			v4l2-ctl -d "$(comply_node "$device")" -c free_run=0
			;;
		esac
	done
}

# Print a line for each test in what the tool has printed: verdict, test, result and complaints. NEEDED
# and LACKS are as in verdicts.awk.
comply_verdicts()	# NODE LOG NEEDED LACKS
{
	local refusals

	# On arm64, some errors of the tool are none if the device takes its pointers.
	refusals=$(grep -s -o -m 1 'reason=misaligned' \
		"/sys/kernel/debug/vipin/${1##*/}/verdicts" || :)
	awk -v "DIFFERS=$comply_folder/differs" -v "NEEDED=$3" -v "LACKS=$4" \
		-v "REFUSALS=$refusals" -f "$comply_folder/verdicts.awk" "$2"
}

comply_report()	# DEVICE
{
	local verdict test result complaints lacks=none

	[[ $1 != *-@(m2m|meta) ]] || lacks='^read/write'
	while IFS=$'\t' read -r verdict test result complaints; do
		printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$1" "$exporter" "$test" "$result" \
			"$complaints" >>"$out/compliance.tsv"
		case $1:$exporter:$test in
		vivid*:p*:DMABUF*)
			# Ignore complaints about vivid's frame rate. This is a test of memory only.
			[ "$result" != OK ] || verdict=ok
			;;
		vivid*) continue ;;
		esac
		[ -z "$complaints" ] || echo "# $result. $complaints"
		report "$verdict" "$name: $1${exporter:+, memory of $exporter}: $test"
	done < <(comply_verdicts "$(comply_node "$1")" "$out/$(comply_log "$1")" "$needed" "$lacks")
}

comply_log()	# DEVICE
{
	echo "v4l2-compliance: $name: $1${exporter:+ from $exporter}.txt" | tr -sc 'a-zA-Z0-9.\n' -
}

comply()
{
	local name=$1 device devices=() direction pid pids
	local exporter='' format='' media='' needed='' options=()

	shift
	while [[ ${1-} == -* ]]; do
		case $1 in
		-e | --expbuf-device) exporter=$2; shift ;;
		-M | --media-device-only) media=yes ;;
		--format) format=$2; shift ;;
		--requests) needed+='Requests/' ;;
		-s* | --streaming*)
			options+=("$1")
			needed+='USERPTR (no poll)/USERPTR (select)/'
			;;
		*) options+=("$1") ;;
		esac
		shift
	done
	[ -z "$exporter" ] || needed+='DMABUF (no poll)/DMABUF (select)/'
	for device; do
		case $device in
		*-cap | *-out | *-meta | *-m2m) devices+=("$device") ;;
		*) devices+=("$device-cap" "$device-out") ;;
		esac
	done

	# Run the devices in parallel, but not both nodes of one device. They share a priority
	# (struct v4l2_prio_state), which the tool changes. A higher one blocks other programs.
	for direction in cap out meta m2m; do
		pids=()
		for device in "${devices[@]}"; do
			[ "${device##*-}" = $direction ] || continue
			comply_run "$device" >"$out/$(comply_log "$device")" 2>&1 &
			pids+=($!)
			# The test "Disconnect" removes all nodes of a vivid device.
			case $device in vivid*) wait $! || : ;; esac
		done
		for pid in "${pids[@]}"; do
			wait "$pid" || :
		done
	done
	for device in "${devices[@]}"; do
		comply_retry "$device"
		comply_report "$device"
		comply_restore "$device" "$exporter-${device##*-}"
	done
}

judge_health()	# NAME [REGEX]
{
	# vb2 logs this once when v4l2-compliance queues an output buffer with bytesused == 0.
	announce "use of bytesused == 0|use the actual size instead${2:+|$2}"
	examine_health
	if [ ${#ailing[@]} -eq 0 ]; then
		report ok "$1"
	else
		printf '# %s\n' "${ailing[@]}"
		report 'not ok' "$1"
	fi
}
