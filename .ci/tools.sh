# shellcheck shell=bash
# Sourced. Installs tools that checks need.

# make_venv FOLDER REQUIREMENTS     a Python virtual environment with the packages of a requirements file
make_venv() {
    local folder=$1 requirements=$2
    cmp --silent "$requirements" "$folder/installed.txt" && return
    mkdir -p "$(dirname "$folder")"
    # Debian packages the part of Python that makes virtual environments separately.
    python3 -m venv --clear "$folder" || { install_package python3-venv && python3 -m venv --clear "$folder"; }
    # Python compiles the modules that it imports; pip would compile all of them.
    "$folder/bin/pip" install --quiet --disable-pip-version-check --no-compile --requirement "$requirements"
    cp "$requirements" "$folder/installed.txt"
}

# install_package PACKAGE [COMMAND]     a package of Debian, unless its command is there
install_package() {
    ! command -v "${2-}" >/dev/null || return 0
    echo "Installing $1."
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1" >/dev/null
}
