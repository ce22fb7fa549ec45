# Sourced. Puts the tools of a requirements file into a virtual environment, unless they are there.
#   make_venv FOLDER REQUIREMENTS
make_venv() {
    local folder=$1 wanted=$2
    cmp --silent "$wanted" "$folder/installed.txt" && return
    # Debian's Python comes without the part that makes virtual environments.
    if ! python3 -m venv --clear "$folder"; then
        echo "Installing python3-venv."
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv
        python3 -m venv --clear "$folder"
    fi
    "$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted"
    cp "$wanted" "$folder/installed.txt"
}
