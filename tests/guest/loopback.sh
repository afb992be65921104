# shellcheck shell=bash
# loopback.sh - output recorded frames on a device with loopback, and compare what is captured with
# them. Source this file after ktap.sh.
#
#	begin [ATTRIBUTE=VALUE]...	make a device; set "output" and "capture" to its nodes
#	record WIDTH HEIGHT FOURCC	record frames, each with another stamp
#	set_output WIDTH HEIGHT FOURCC	set the format of the output node
#	sends WIDTH HEIGHT FOURCC	both
#	produce [OPTION]...		output the recorded frames, until "producer" is killed
#	consume FRAMES [OPTION]...	capture frames
#	shows NODE WIDTH HEIGHT FOURCC	succeed if a node has this format
#	streams PROGRAM			wait until consume(), in the background with --verbose, streams
#	same_frames FRAMES		succeed if the captured frames are recorded ones, in order

# shellcheck source=tests/guest/instances.sh
. "$(dirname "${BASH_SOURCE[0]}")/instances.sh"

contiguous=$VIPIN_ROOT/tests/guest/huge-malloc
camera=$(node_of platform)

# Record frames of a camera, each with another stamp. Set "frames_file" to their file, and "bytes" to
# the size of one.
frame_count=24
record()	# WIDTH HEIGHT FOURCC
{
	frames_file=$work/$1x$2-$3
	[ -e "$frames_file" ] || {
		v4l2-ctl -d "$camera" -v "width=$1,height=$2,pixelformat=$3" --stream-mmap \
			--stream-count $frame_count --stream-to "$frames_file" >/dev/null 2>&1
		v4l2-ctl -d "$camera" -v width=640,height=480,pixelformat=YUYV
	}
	bytes=$(($(stat -c %s "$frames_file") / frame_count))
}

# Output the recorded frames over and over, until "producer" is killed.
produce()	# [OPTION]...
{
	"$contiguous" v4l2-ctl -d "$output" "$@" --stream-loop --stream-from "$frames_file" \
		>"$work/produced" 2>&1 &
	producer=$!
}

# Capture into the file "got", and write what the program prints to the file "consumed". Of two programs,
# one can add the variable "which" to the names.
which=''
consume()	# FRAMES [OPTION]...
{
	timeout 60 "$contiguous" v4l2-ctl -d "$capture" "${@:2}" --stream-count "$1" \
		--stream-to "$work/got$which" >"$work/consumed$which" 2>&1
}

# Make a device, and set "output" and "capture" to its nodes.
begin()	# [ATTRIBUTE=VALUE]...
{
	make cam0 loopback=1 "$@"
	output=$(node_in cam0 out)
	capture=$(node_in cam0 cap)
}

set_output()	# WIDTH HEIGHT FOURCC
{
	v4l2-ctl -d "$output" -x "width=$1,height=$2,pixelformat=$3"
}

# Record frames in a format, and set the output node to it.
sends()	# WIDTH HEIGHT FOURCC
{
	record "$@"
	set_output "$@"
}

# Print a checksum for each frame.
frame_sums()	# FILE
{
	rm -rf "$work/split"
	mkdir "$work/split"
	split -b "$bytes" "$1" "$work/split/"
	md5sum "$work/split"/* | sed 's/ .*//'
}

# Each captured frame is a recorded one, and comes after the one before. Some may be missing, on a busy
# machine many.
same_frames()	# FRAMES
{
	local sum place last='' recorded later

	[ "$(stat -c %s "$work/got")" -eq $(($1 * bytes)) ]
	mapfile -t recorded < <(frame_sums "$frames_file")
	for sum in $(frame_sums "$work/got"); do
		for place in "${!recorded[@]}"; do
			[ "$sum" != "${recorded[place]}" ] || break
		done
		[ "$sum" = "${recorded[place]}" ]
		later=$(((place - ${last:-(place - 1)} + frame_count) % frame_count))
		echo "frame $place"
		[ $later -ge 1 ] && [ $later -lt $((frame_count - 3)) ]
		last=$place
	done
}

shows()	# NODE WIDTH HEIGHT FOURCC
{
	v4l2-ctl -d "$1" --get-fmt-video >"$work/format"
	cat "$work/format"
	grep -q ": $2/$3\$" "$work/format"
	grep -q "'$4'" "$work/format"
}

# Wait until a program streams that was started in the background by consume(), with --verbose.
streams()	# PROGRAM
{
	until grep -q 'VIDIOC_STREAMON returned 0' "$work/consumed$which"; do
		kill -0 "$1"
		sleep 0.1
	done
}
