#include "elf_library.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <gelf.h>
#include <link.h>
#include <optional>
#include <string>
#include <sys/stat.h>

// The linker puts it at the host's own ELF header: the one sure statement of which machine "this machine" is.
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
extern "C" const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

namespace host {
namespace {

// Real libraries stay far below these; they bound what a made-up file can cost.
constexpr std::uint64_t most_note_bytes = std::uint64_t{4} << 20;
constexpr std::uint64_t most_symbol_bytes = std::uint64_t{64} << 20;
constexpr std::size_t most_segments = 1024;

constexpr const char *not_a_library = "is not a shared library (ELF)";
constexpr const char *truncated = "is truncated or damaged: copy it again, or reinstall the plugin";

std::optional<Refusal> wrong_kind(const struct stat &status) {
    if (S_ISDIR(status.st_mode)) return Refusal{"is a directory, not a library"};
    if (!S_ISREG(status.st_mode)) return Refusal{"is not a regular file"};
    if (status.st_size == 0) return Refusal{"is empty"};
    return std::nullopt;
}

std::optional<Refusal> wrong_beginning(int descriptor) {
    unsigned char beginning[EI_NIDENT] = {};
    const ssize_t length = ::pread(descriptor, beginning, sizeof beginning, 0);
    if (length < 0) return Refusal{fmt::format("cannot be read: {}", std::strerror(errno))};
    if (length < SELFMAG || std::memcmp(beginning, ELFMAG, SELFMAG) != 0) return Refusal{not_a_library};
    if (length < EI_NIDENT) return Refusal{truncated};
    if (beginning[EI_CLASS] != __ehdr_start.e_ident[EI_CLASS] || beginning[EI_DATA] != __ehdr_start.e_ident[EI_DATA])
        return Refusal{"is built for another kind of machine (other word size or byte order)"};
    return std::nullopt;
}

// As uname -m has it, or begins with, for those that Debian is made for.
std::string machine_name(GElf_Half machine) {
    switch (machine) {
    case EM_386:
        return "i386";
    case EM_ARM:
        return "arm";
    case EM_AARCH64:
        return "aarch64";
    case EM_MIPS:
        return "mips";
    case EM_PPC64:
        return "ppc64";
    case EM_RISCV:
        return "riscv";
    case EM_S390:
        return "s390";
    case EM_X86_64:
        return "x86_64";
    default:
        return fmt::format("ELF machine {}", machine);
    }
}

// The symbol's name in this section of strings, if it is defined here and visible to others; else nullptr.
const char *exported_name(Elf *elf, std::size_t strings, const GElf_Sym &symbol) {
    if (symbol.st_shndx == SHN_UNDEF || GELF_ST_BIND(symbol.st_info) == STB_LOCAL) return nullptr;
    const auto visibility = GELF_ST_VISIBILITY(symbol.st_other);
    if (visibility != STV_DEFAULT && visibility != STV_PROTECTED) return nullptr;
    return elf_strptr(elf, strings, symbol.st_name);
}

// Copies the notes of `owner` out of one segment's data.
void collect_notes(Elf_Data *data, std::string_view owner, std::vector<ElfNote> &notes) {
    const auto *bytes = static_cast<const char *>(data->d_buf);
    GElf_Nhdr header;
    std::size_t name = 0, content = 0;
    for (std::size_t at = 0; (at = gelf_getnote(data, at, &header, &name, &content)) > 0;) {
        const std::string_view note_owner(bytes + name, header.n_namesz);
        if (note_owner.size() != owner.size() + 1 || note_owner.substr(0, owner.size()) != owner) continue;
        notes.push_back({header.n_type, std::string(bytes + content, header.n_descsz)});
    }
}

} // namespace

void ElfLibrary::EndElf::operator()(Elf *elf) const {
    elf_end(elf);
}

ElfLibrary::ElfLibrary(Descriptor file, std::unique_ptr<Elf, EndElf> elf, std::uint64_t size)
    : file_(std::move(file)), elf_(std::move(elf)), size_(size) {}

std::variant<ElfLibrary, Refusal> ElfLibrary::open(const std::filesystem::path &path) {
    // O_NONBLOCK: a FIFO must not hang the host.
    Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    struct stat status = {};
    if (!file.is_open() || ::fstat(file.number(), &status) != 0)
        return Refusal{fmt::format("cannot be opened: {}", std::strerror(errno))};
    if (auto refusal = wrong_kind(status)) return *refusal;
    if (auto refusal = wrong_beginning(file.number())) return *refusal;

    elf_version(EV_CURRENT);
    std::unique_ptr<Elf, EndElf> elf(elf_begin(file.number(), ELF_C_READ, nullptr));
    if (!elf || elf_kind(elf.get()) != ELF_K_ELF) return Refusal{truncated};
    ElfLibrary library(std::move(file), std::move(elf), static_cast<std::uint64_t>(status.st_size));
    if (auto refusal = library.refusal()) return *refusal;
    return library;
}

std::optional<Refusal> ElfLibrary::refusal() const {
    GElf_Ehdr header;
    if (gelf_getehdr(elf_.get(), &header) == nullptr) return Refusal{truncated};
    if (header.e_machine != __ehdr_start.e_machine)
        return Refusal{fmt::format("is built for another machine ({}; this one is {})", machine_name(header.e_machine),
                                   machine_name(__ehdr_start.e_machine))};
    if (header.e_type != ET_DYN) return Refusal{"is an ELF file, but not a shared library"};
    if (!is_whole()) return Refusal{truncated};
    return std::nullopt;
}

bool ElfLibrary::holds(std::uint64_t offset, std::uint64_t length) const {
    return offset <= size_ && length <= size_ - offset;
}

// The section headers stand at a library's end, the program headers name every part that is loaded: if all of these are
// within the file, nothing was cut off.
bool ElfLibrary::is_whole() const {
    GElf_Ehdr header;
    std::size_t segments = 0;
    if (gelf_getehdr(elf_.get(), &header) == nullptr || elf_getphdrnum(elf_.get(), &segments) != 0) return false;
    if (segments > most_segments) return false;
    if (!holds(header.e_shoff, std::uint64_t{header.e_shnum} * header.e_shentsize)) return false;
    if (!holds(header.e_phoff, std::uint64_t{segments} * header.e_phentsize)) return false;
    for (std::size_t i = 0; i < segments; ++i) {
        GElf_Phdr segment;
        if (gelf_getphdr(elf_.get(), static_cast<int>(i), &segment) == nullptr) return false;
        const bool in_file = segment.p_type == PT_LOAD || segment.p_type == PT_NOTE || segment.p_type == PT_DYNAMIC;
        if (in_file && !holds(segment.p_offset, segment.p_filesz)) return false;
    }
    return true;
}

std::variant<std::vector<ElfNote>, Refusal> ElfLibrary::notes(std::string_view owner) const {
    std::vector<ElfNote> notes;
    std::uint64_t bytes = 0;
    std::size_t segments = 0;
    if (elf_getphdrnum(elf_.get(), &segments) != 0) return Refusal{truncated};
    for (std::size_t i = 0; i < segments; ++i) {
        GElf_Phdr segment;
        if (gelf_getphdr(elf_.get(), static_cast<int>(i), &segment) == nullptr) return Refusal{truncated};
        if (segment.p_type != PT_NOTE || segment.p_filesz == 0) continue;
        // The chunks live as long as elf_, so it is their sum that is bounded.
        if (segment.p_filesz > most_note_bytes || (bytes += segment.p_filesz) > most_note_bytes)
            return Refusal{fmt::format("holds notes of more than {} MiB", most_note_bytes >> 20)};
        Elf_Data *data = elf_getdata_rawchunk(elf_.get(), static_cast<std::int64_t>(segment.p_offset),
                                              static_cast<std::size_t>(segment.p_filesz),
                                              segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
        if (data == nullptr) return Refusal{truncated};
        collect_notes(data, owner, notes);
    }
    return notes;
}

template <class Visit>
void ElfLibrary::visit_exports(Visit visit) const {
    for (Elf_Scn *section = nullptr; (section = elf_nextscn(elf_.get(), section)) != nullptr;) {
        GElf_Shdr header, strings;
        if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_DYNSYM) continue;
        if (gelf_getshdr(elf_getscn(elf_.get(), header.sh_link), &strings) == nullptr) continue;
        if (header.sh_size > most_symbol_bytes || strings.sh_size > most_symbol_bytes) continue;
        Elf_Data *data = elf_getdata(section, nullptr);
        const std::uint64_t count = data == nullptr || header.sh_entsize == 0 ? 0 : data->d_size / header.sh_entsize;
        for (std::uint64_t i = 0; i < count; ++i) {
            GElf_Sym symbol;
            if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) break;
            const char *name = exported_name(elf_.get(), header.sh_link, symbol);
            if (name != nullptr && !visit(std::string_view(name))) return;
        }
    }
}

bool ElfLibrary::exports(std::string_view name) const {
    bool found = false;
    visit_exports([&](std::string_view exported) { return !(found = exported == name); });
    return found;
}

std::vector<std::string> ElfLibrary::exported_names() const {
    std::vector<std::string> names;
    visit_exports([&](std::string_view exported) {
        names.emplace_back(exported);
        return true;
    });
    return names;
}

} // namespace host
