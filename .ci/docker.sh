# Sourced. Containers for `sam local invoke`.
#   start_docker            installs and starts Docker unless it runs; fails where that cannot be done. Sets BRIDGE, the
#                           address by which containers reach this machine
#   make_lambda_image FILE  the image of Lambda's runtime, with what the program FILE needs of this machine's libraries:
#                           no registry is asked
#   share_port PORT         lets containers reach a port of this machine's loopback at BRIDGE
#   end_docker              ends what these have started
docker_processes=()

# install COMMAND PACKAGE
install() {
    command -v "$1" >/dev/null && return
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2" >/dev/null
}

start_docker() {
    if ! docker info >/dev/null 2>&1; then
        if [[ $(id -u) -ne 0 ]] || ! install dockerd docker.io; then
            return 1
        fi
        dockerd >"$(mktemp)" 2>&1 &
        docker_processes+=($!)
        for ((second = 0; second < 60; second++)); do
            docker info >/dev/null 2>&1 && break
            kill -0 "${docker_processes[0]}" 2>/dev/null || return 1
            sleep 1
        done
    fi
    BRIDGE=$(ip -4 -oneline address show docker0 | grep --only-matching --perl-regexp 'inet \K[0-9.]+')
}

make_lambda_image() {
    install busybox busybox-static
    local root library tool
    root=$(mktemp -d)
    mkdir -p "$root"/{bin,tmp,var/task}
    cp "$(command -v busybox)" "$root/bin/busybox"
    for tool in sh mv chmod; do
        ln -s busybox "$root/bin/$tool"
    done
    ldd "$1" | grep --only-matching '/[^ ]*' | while read -r library; do
        mkdir -p "$root${library%/*}"
        cp --dereference "$library" "$root$library"
    done
    tar --create --directory "$root" . | docker import - public.ecr.aws/lambda/provided:al2023-x86_64 >/dev/null
    docker tag public.ecr.aws/lambda/provided:al2023-x86_64 public.ecr.aws/lambda/provided:al2023
    rm -r "$root"
}

share_port() {
    install socat socat
    socat "TCP-LISTEN:$1,bind=$BRIDGE,fork,reuseaddr" "TCP:127.0.0.1:$1" &
    docker_processes+=($!)
}

end_docker() {
    [[ ${#docker_processes[@]} -eq 0 ]] || kill "${docker_processes[@]}" 2>/dev/null || true
}
