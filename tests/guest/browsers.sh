# shellcheck shell=bash
# browsers.sh - browsers without a window. A page in them captures by getUserMedia(), see web-camera.
# Source this file after desktop.sh. Chromium gets few processes, and no sandbox, since it runs as root.
#
#	chromium_captures COUNT CAMERA SIZES	write frames to standard output, as web-camera says
#	firefox_captures COUNT CAMERA SIZES	the same
#	settings_of_firefox	make its profile, once
#	page_pictures FUNCTION	verify the pictures that a page gets from the webcam

chromium_captures()
{
	"$VIPIN_ROOT/tests/guest/web-camera" "$@" chromium --headless=new --no-sandbox --no-zygote \
		--disable-gpu --disable-software-rasterizer --in-process-gpu --disable-dev-shm-usage \
		--disable-extensions --no-first-run --disable-background-networking \
		--use-fake-ui-for-media-stream --user-data-dir="$work/chromium"
}

firefox_captures()
{
	HOME=$work MOZ_DISABLE_CONTENT_SANDBOX=1 "$VIPIN_ROOT/tests/guest/web-camera" "$@" \
		firefox-esr --headless --no-remote --profile "$work/firefox"
}

# Write Firefox's settings. A page may use the camera without a question to the user. One process runs
# all pages.
settings_of_firefox()
{
	mkdir "$work/firefox"
	cat >"$work/firefox/user.js" <<-'JS'
		user_pref("media.navigator.permission.disabled", true);
		user_pref("media.navigator.streams.fake", false);
		user_pref("browser.shell.checkDefaultBrowser", false);
		user_pref("browser.startup.homepage_override.mstone", "ignore");
		user_pref("browser.aboutwelcome.enabled", false);
		user_pref("datareporting.policy.dataSubmissionEnabled", false);
		user_pref("dom.ipc.processCount", 1);
		user_pref("fission.autostart", false);
	JS
}

# A page can get a frame twice.
page_pictures()	# FUNCTION
{
	"$1" $((count + 5)) webcam ${wide}x$high | by_colours -r $count RGB3 $wide $high
}
