# CMake includes this file when it configures llama-cpp-python, which sets LLAMA_BUILD_COMMON to ON in the cache. A normal
# variable takes precedence. It leaves out 53 files: a library for llama.cpp's own programs, which the server does not use.
set(LLAMA_BUILD_COMMON OFF)
