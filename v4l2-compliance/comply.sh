# shellcheck shell=bash
# comply.sh - runs of v4l2-compliance, and verdicts on them. To be sourced behind
# tests/guest/ktap.sh.
#
#	use_api single|multi	gives vipin's devices, and vivid's, that API of V4L2
#	comply NAME OPTION... DEVICE...	runs v4l2-compliance on all DEVICEs, and reports
#				a line for each of its tests, with NAME
#	judge_health NAME [REGEX]	reports whether all is as it was before the first test,
#				but for what the kernel may have said
#
# A DEVICE is one node, such as platform-cap or pci-out, or both nodes of platform or
# pci, vipin's carriers; of vivid, whose memory is vmalloc()'s; or of vivid-contig,
# where it is dma-contig's. OPTIONs are v4l2-compliance's own, with what belongs to
# one in the same word (-s20), and differ in
#
#	-e, --expbuf-device DEVICE	without "-cap" and "-out": the node that is alike
#	-M, --media-device-only		without a word: the media device of each DEVICE
#	--format FOURCC			what the devices are set to beforehand
#
# Nothing is waived for vipin: a failure, a warning, and a test of reading or streaming
# that v4l2-compliance calls "Not Supported" fail. What a version of the tool itself
# has wrong is in the file "differs". Of what it says about vivid, only whether vivid
# takes vipin's memory is a test here; the rest is for comparison.
#
# In $out stays the whole output of the tool, and compliance.tsv: NAME, device,
# exporter, test, result, complaints.
#
# The platform carrier has no IOMMU, and v4l2-compliance hands over pointers from
# malloc(): there malloc() takes its memory from huge pages.
#
# v4l2-compliance streams at the highest rate, 240 a second, and warns of frames
# that are dropped. An emulated or busy machine cannot keep that clock: vipin's
# frames come as the buffers do instead (the control Free Run).

comply_folder=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
out=/out
api=single

use_api()
{
	local driver device

	[ "$1" != "$api" ] || return 0
	api=$1
	case $api in multi) echo Y ;; *) echo N ;; esac >/sys/module/vipin/parameters/multiplanar
	for driver in /sys/bus/{platform,pci}/drivers/vipin; do
		for device in "$driver"/*; do
			[ -e "$device/driver" ] || continue
			echo "${device##*/}" >"$driver/unbind"
			echo "${device##*/}" >"$driver/bind"
		done
	done
	[ ! -e /sys/module/vivid ] || use_vivid
}

# Two of each kind of node: in memory of vmalloc(), and of dma-contig. A webcam and
# HDMI, as these have neither standards nor fields.
use_vivid()
{
	local planes=1

	[ "$api" = single ] || planes=2
	modprobe -rq vivid || :
	modprobe vivid n_devs=2 node_types=0x101,0x101 allocators=0,1 \
		multiplanar=$planes,$planes num_inputs=1,1 input_types=0,0 \
		num_outputs=1,1 output_types=1,1
}

# Prints the node of a DEVICE that names one.
comply_node()
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

# As large as asked, and of vipin as fast as it is asked.
comply_prepare()	# DEVICE SIZE
{
	local node set=--set-fmt-video

	node=$(comply_node "$1")
	[ "${1##*-}" = cap ] || set=--set-fmt-video-out
	v4l2-ctl -d "$node" "$set=$2,pixelformat=${format:-YUYV}"
	case $1 in vivid*) ;; *) v4l2-ctl -d "$node" -c free_run=1 ;; esac
}

# The tool reads twice from a stream that has just begun, without waiting, and expects a
# frame both times or neither time (testReadWrite() in its v4l2-test-buffers.cpp). Where no
# clock makes frames wait that is a matter of luck, so it may try once more.
comply_lucky()	# DEVICE
{
	local log

	log=$out/$(comply_log "$1")
	! grep -qF 'ret2 != ret || err2 != err' "$log" || {
		echo "# $1: run once more, the first time is in ${log##*/}.first"
		mv "$log" "$log.first"
		comply_run "$1" >"$log" 2>&1
	}
}

# Runs the tool on one node.
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
		# Some lengths are a little more in vivid's formats.
		comply_prepare "$exporter-${1##*-}" width=1280,height=720
		arguments+=(-e "$(comply_node "$exporter-${1##*-}")")
	fi
	"${malloc[@]}" stdbuf -oL v4l2-compliance --color never "${arguments[@]}" || :
}

# As vipin's devices were. What looks after them reads, and a frame of two planes
# cannot be read.
comply_restore()	# DEVICE...
{
	local device format=

	for device; do
		case $device in
		platform-* | pci-*)
			comply_prepare "$device" width=640,height=480
			v4l2-ctl -d "$(comply_node "$device")" -c free_run=0
			;;
		esac
	done
}

comply_report()	# DEVICE
{
	local verdict test result complaints

	while IFS=$'\t' read -r verdict test result complaints; do
		printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$1" "$exporter" "$test" "$result" \
			"$complaints" >>"$out/compliance.tsv"
		case $1:$exporter:$test in
		vivid*:p*:DMABUF*)
			# vivid's own clock is no concern of vipin's memory.
			[ "$result" != OK ] || verdict=ok
			;;
		vivid*) continue ;;
		esac
		report "$verdict" "$name: $1${exporter:+, memory of $exporter}: $test"
		[ -z "$complaints" ] || echo "# $result. $complaints"
	done < <(awk -v "DIFFERS=$comply_folder/differs" -v "NEEDED=$needed" \
		-f "$comply_folder/verdicts.awk" "$out/$(comply_log "$1")")
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
		*-cap | *-out) devices+=("$device") ;;
		*) devices+=("$device-cap" "$device-out") ;;
		esac
	done

	# Devices at once, but not both nodes of one: these share what the tool tries on each,
	# a priority (struct v4l2_prio_state) that keeps others from setting an output.
	for direction in cap out; do
		pids=()
		for device in "${devices[@]}"; do
			[ "${device##*-}" = $direction ] || continue
			comply_run "$device" >"$out/$(comply_log "$device")" 2>&1 &
			pids+=($!)
			# Its test "Disconnect" takes all nodes of a vivid away.
			case $device in vivid*) wait $! || : ;; esac
		done
		for pid in "${pids[@]}"; do
			wait "$pid" || :
		done
	done
	for device in "${devices[@]}"; do
		comply_lucky "$device"
		comply_report "$device"
		comply_restore "$device" "$exporter-${device##*-}"
	done
}

judge_health()	# NAME [REGEX]
{
	# vb2 says so, once, to v4l2-compliance's way of queueing an output buffer.
	announce "use of bytesused == 0|use the actual size instead${2:+|$2}"
	examine_health
	if [ ${#ailing[@]} -eq 0 ]; then
		report ok "$1"
	else
		report 'not ok' "$1"
		printf '# %s\n' "${ailing[@]}"
	fi
}
