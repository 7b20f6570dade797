// Files that claim to be plugins: what is read from a good one, and the reason that each bad one gets. None of them is
// run.
#include "plugin_file.hpp"
#include "process.hpp"

#include <pcasctl/plugin.h>

#include <doctest/doctest.h>

#include <cstring>
#include <elf.h>
#include <string>
#include <sys/stat.h>

using namespace host;
using support::setting;
namespace fs = std::filesystem;

namespace {

std::string hello_bytes() {
    return support::read_file(setting("PCASCTL_TEST_EXAMPLES") + "/hello/hello.so");
}

fs::path bad_plugin(const std::string &name) {
    return fs::path(setting("PCASCTL_TEST_PLUGINS")) / (name + ".so");
}

std::string refusal_of(const fs::path &file, const std::string &command = "hello") {
    const PluginFile plugin = read_plugin_file(file, command);
    return plugin.refusal ? plugin.refusal->reason : "none";
}

std::string refusal_of_bytes(const std::string &bytes) {
    const support::TempDir directory;
    support::write_file(directory / "hello.so", bytes);
    return refusal_of(directory / "hello.so");
}

// Where the manifest's note begins: before its owner's name stand the three words of its header.
std::size_t note_position(const std::string &bytes) {
    const std::string owner(PCASCTL_NOTE_NAME, sizeof PCASCTL_NOTE_NAME);
    for (std::size_t at = bytes.find(owner); at != std::string::npos; at = bytes.find(owner, at + 1)) {
        Elf64_Nhdr header;
        if (at < sizeof header) continue;
        std::memcpy(&header, bytes.data() + at - sizeof header, sizeof header);
        if (header.n_namesz == owner.size() && header.n_type == PCASCTL_ABI_MAJOR) return at - sizeof header;
    }
    FAIL("hello.so has no note");
    return 0;
}

template <class Number>
void patch(std::string &bytes, std::size_t at, Number number) {
    std::memcpy(bytes.data() + at, &number, sizeof number);
}

const std::string truncated = "is truncated or damaged: copy it again, or reinstall the plugin";

} // namespace

TEST_CASE("a plugin's file tells its ABI and its manifest") {
    const PluginFile plugin = read_plugin_file(setting("PCASCTL_TEST_EXAMPLES") + "/tally/tally.so", "tally");
    REQUIRE_FALSE(plugin.refusal);
    CHECK(plugin.abi->major == 1);
    CHECK(plugin.abi->minor == PCASCTL_ABI_MINOR);
    CHECK(plugin.manifest->command == "tally");
    CHECK(plugin.manifest->options.size() == 2);
}

TEST_CASE("what is no library gets the reason") {
    const support::TempDir directory;
    CHECK(refusal_of_bytes("") == "is empty");
    CHECK(refusal_of_bytes("#!/bin/sh\n") == "is not a shared library (ELF)");
    CHECK(refusal_of_bytes("\177EL") == "is not a shared library (ELF)");
    CHECK(refusal_of_bytes("\177ELF") == truncated);
    CHECK(refusal_of(directory.path()) == "is a directory, not a library");
    CHECK(refusal_of(directory / "none.so") == "cannot be opened: No such file or directory");
    CHECK(refusal_of("/dev/null") == "is not a regular file");
    CHECK(refusal_of(setting("PCASCTL_TEST_PCASCTL")).find("is no pcasctl plugin") == 0);
}

TEST_CASE("a FIFO does not hang the host") {
    const support::TempDir directory;
    REQUIRE(::mkfifo((directory / "hello.so").c_str(), 0644) == 0);
    CHECK(refusal_of(directory / "hello.so") == "is not a regular file");
}

TEST_CASE("a library that is cut off anywhere is called truncated") {
    const std::string whole = hello_bytes();
    REQUIRE(refusal_of_bytes(whole) == "none");
    for (std::size_t length = 64; length < whole.size(); length += 64)
        CHECK_MESSAGE(refusal_of_bytes(whole.substr(0, length)) == truncated, length);
    CHECK(refusal_of_bytes(whole.substr(0, whole.size() - 1)) == truncated);
}

TEST_CASE("a library for another machine is refused as such") {
    std::string bytes = hello_bytes();
    Elf64_Half here = 0;
    std::memcpy(&here, bytes.data() + offsetof(Elf64_Ehdr, e_machine), sizeof here);
    const bool is_arm = here == EM_AARCH64;
    patch(bytes, offsetof(Elf64_Ehdr, e_machine), Elf64_Half(is_arm ? EM_X86_64 : EM_AARCH64));
    const std::string other = is_arm ? "x86_64" : "aarch64";
    CHECK(refusal_of_bytes(bytes).rfind("is built for another machine (" + other + "; this one is ", 0) == 0);
    patch(bytes, offsetof(Elf64_Ehdr, e_machine), Elf64_Half{EM_CRIS});
    CHECK(refusal_of_bytes(bytes).rfind("is built for another machine (ELF machine 76; this one is ", 0) == 0);
    bytes = hello_bytes();
    bytes[EI_DATA] = bytes[EI_DATA] == ELFDATA2LSB ? ELFDATA2MSB : ELFDATA2LSB;
    CHECK(refusal_of_bytes(bytes) == "is built for another kind of machine (other word size or byte order)");
    bytes = hello_bytes();
    patch(bytes, offsetof(Elf64_Ehdr, e_type), Elf64_Half{ET_REL});
    CHECK(refusal_of_bytes(bytes) == "is an ELF file, but not a shared library");
}

TEST_CASE("another ABI major is refused with both versions, before anything else in the manifest is asked") {
    CHECK(
        refusal_of(bad_plugin("other-abi"), "other-abi")
        == "needs ABI 2.3, this pcasctl 0.1.0 offers 1.1: install a newer pcasctl, or a build of the plugin for ABI 1");
    CHECK(read_plugin_file(bad_plugin("other-abi"), "other-abi").abi->major == 2);

    std::string bytes = hello_bytes();
    const std::size_t note = note_position(bytes);
    patch(bytes, note + offsetof(Elf64_Nhdr, n_type), std::uint32_t{0});
    patch(bytes, note + sizeof(Elf64_Nhdr) + sizeof PCASCTL_NOTE_NAME, std::uint32_t{0});
    CHECK(refusal_of_bytes(bytes)
          == "needs ABI 0.1, this pcasctl 0.1.0 offers 1.1: install a build of the plugin for ABI 1");
}

TEST_CASE("another ABI minor is welcome") {
    std::string bytes = hello_bytes();
    patch(bytes, note_position(bytes) + sizeof(Elf64_Nhdr) + sizeof PCASCTL_NOTE_NAME + 4, std::uint32_t{99});
    CHECK(refusal_of_bytes(bytes) == "none");
}

TEST_CASE("a note that contradicts itself is refused") {
    const std::string whole = hello_bytes();
    const std::size_t note = note_position(whole);
    std::string bytes = whole;
    patch(bytes, note + sizeof(Elf64_Nhdr) + sizeof PCASCTL_NOTE_NAME, std::uint32_t{7});
    CHECK(refusal_of_bytes(bytes) == "holds a damaged manifest: the note names no ABI version");
    bytes = whole;
    patch(bytes, note + offsetof(Elf64_Nhdr, n_descsz), std::uint32_t{4});
    CHECK(refusal_of_bytes(bytes) == "holds a damaged manifest: the note names no ABI version");
    bytes = whole;
    patch(bytes, note + offsetof(Elf64_Nhdr, n_descsz), std::uint32_t{100});
    CHECK(refusal_of_bytes(bytes) == "holds a manifest that is cut off");
    bytes = whole;
    patch(bytes, note + offsetof(Elf64_Nhdr, n_descsz), std::uint32_t{0xFFFFFFF0});
    CHECK(refusal_of_bytes(bytes) != "none");
    bytes = whole;
    bytes[bytes.find("\"command\"")] = 'x';
    CHECK(refusal_of_bytes(bytes).find("its manifest is not in order: the manifest is not JSON") == 0);
}

TEST_CASE("sizes in the headers are not believed") {
    const std::string whole = hello_bytes();
    Elf64_Ehdr header;
    std::memcpy(&header, whole.data(), sizeof header);
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        for (const std::size_t field : {offsetof(Elf64_Phdr, p_offset), offsetof(Elf64_Phdr, p_filesz)}) {
            std::string bytes = whole;
            patch(bytes, header.e_phoff + i * sizeof(Elf64_Phdr) + field, std::uint64_t{0xFFFFFFFFFFFFFFF0});
            refusal_of_bytes(bytes); // any answer is right, as long as there is one
        }
    }
    for (std::size_t i = 0; i < header.e_shnum; ++i) {
        for (const std::size_t field : {offsetof(Elf64_Shdr, sh_offset), offsetof(Elf64_Shdr, sh_size),
                                        offsetof(Elf64_Shdr, sh_link), offsetof(Elf64_Shdr, sh_entsize)}) {
            std::string bytes = whole;
            patch(bytes, header.e_shoff + i * sizeof(Elf64_Shdr) + field, std::uint32_t{0xFFFFFFF0});
            refusal_of_bytes(bytes);
        }
    }
    for (const std::size_t field : {offsetof(Elf64_Ehdr, e_phoff), offsetof(Elf64_Ehdr, e_shoff)}) {
        std::string bytes = whole;
        patch(bytes, field, std::uint64_t{0xFFFFFFFFFFFFFFF0});
        CHECK(refusal_of_bytes(bytes) == truncated);
    }
}

TEST_CASE("a library without a manifest, without an entry, or under another's name is refused") {
    CHECK(refusal_of(bad_plugin("no-manifest"), "no-manifest")
          == "is no pcasctl plugin: it holds no manifest (PCASCTL_MANIFEST)");
    CHECK(refusal_of(bad_plugin("no-entry"), "no-entry")
          == "has a manifest, but does not export the entry pcasctl_plugin_1 (PCASCTL_ENTRY)");
    CHECK(refusal_of(setting("PCASCTL_TEST_EXAMPLES") + "/hello/hello.so", "hallo")
          == "holds the command 'hello': rename it to hello.so");
    CHECK(refusal_of(setting("PCASCTL_TEST_EXAMPLES") + "/hello/hello.so", "plugins")
          == "'plugins' is a name that pcasctl keeps for itself: rename the command");
}
