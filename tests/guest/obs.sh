# shellcheck shell=bash
# obs.sh - OBS Studio on a virtual display, which shows the webcam and records it without loss. Source
# this file after desktop.sh.
#
#	obs_start		start OBS, set "obs" to its process, and wait until it answers. It ends when
#				this shell ends
#	obs_record FRAMES	record at least this number of frames, and write them to standard output
#				as RGB; some are repeated

# Frames in a second that the device fills, and that OBS records. Without a GPU, it is slow.
rate=10
output_rate=2

# Write the settings, as OBS writes them itself. Its format YUYV, size and rate are numbers.
obs_settings()
{
	local folder=$work/obs/obs-studio

	mkdir -p "$folder"/{basic/profiles/vipin,basic/scenes,plugin_config/obs-websocket}
	cat >"$folder/global.ini" <<-INI
		[General]
		FirstRun=true
		EnableAutoUpdates=false
		Pre19Defaults=false
		LastVersion=503316482

		[Basic]
		Profile=vipin
		ProfileDir=vipin
		SceneCollection=vipin
		SceneCollectionFile=vipin
		ConfigOnNewProfile=false
	INI
	cat >"$folder/basic/profiles/vipin/basic.ini" <<-INI
		[General]
		Name=vipin

		[Output]
		Mode=Simple

		[SimpleOutput]
		FilePath=$work
		RecQuality=Lossless

		[Video]
		BaseCX=$wide
		BaseCY=$high
		OutputCX=$wide
		OutputCY=$high
		FPSType=1
		FPSInt=$output_rate
		ColorFormat=NV12
		ColorSpace=709
		ColorRange=Partial
	INI
	cat >"$folder/basic/scenes/vipin.json" <<-JSON
		{"name": "vipin", "current_scene": "scene", "current_program_scene": "scene",
		 "scene_order": [{"name": "scene"}],
		 "sources": [
		  {"id": "scene", "name": "scene", "settings": {"id_counter": 1, "items": [
		   {"name": "camera", "id": 1, "visible": true, "pos": {"x": 0, "y": 0},
		    "scale": {"x": 1, "y": 1}}]}},
		  {"id": "v4l2_input", "name": "camera", "settings": {
		   "device_id": "$webcam", "input": 0, "pixelformat": $((0x56595559)),
		   "resolution": $((wide << 16 | high)), "framerate": $((1 << 16 | rate)),
		   "buffering": false, "auto_reset": true, "timeout_frames": 5}}]}
	JSON
	echo '{"server_enabled": true, "server_port": 4455, "auth_required": false, "first_load": false,
		"alerts_enabled": false}' >"$folder/plugin_config/obs-websocket/config.json"
}

obs_start()
{
	local try

	obs_settings
	XDG_CONFIG_HOME=$work/obs QT_QPA_PLATFORM=xcb obs --multi --disable-shutdown-check \
		--disable-missing-files-check --profile vipin --collection vipin >"$work/obs.log" 2>&1 &
	obs=$!
	trap 'kill "$obs" || :; wait "$obs" || :' EXIT
	for ((try = 0; try < 120; try++)); do
		kill -0 "$obs"
		! "$VIPIN_ROOT/tests/guest/obs-request" GetVersion || return 0
		sleep 1
	done
	return 1
}

# Wait until the device has filled some frames for OBS.
obs_gets_frames()
{
	local try before

	before=$(frames_filled "$webcam")
	for ((try = 0; try < 60; try++)); do
		[ $(($(frames_filled "$webcam") - before)) -lt 20 ] || return 0
		sleep 1
	done
	return 1
}

# OBS repeats a frame when it is late. So record for five times as long as the frames need.
obs_record()	# FRAMES
{
	local path

	obs_gets_frames
	"$VIPIN_ROOT/tests/guest/obs-request" StartRecord >&2
	sleep $((5 * $1 / output_rate + 5))
	path=$("$VIPIN_ROOT/tests/guest/obs-request" StopRecord | sed 's/.*"outputPath": "\([^"]*\)".*/\1/')
	sleep 2
	# OBS takes the colours of each camera for BT.709, and so it writes them. They are BT.601.
	ffmpeg -nostdin -v error -i "$path" -vf scale=in_color_matrix=bt601 -pix_fmt rgb24 -f rawvideo -
	rm "$path"
}
