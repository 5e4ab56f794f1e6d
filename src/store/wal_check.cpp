#include "store/wal_check.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace plumb::store {
namespace {

constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kFrameHeaderBytes = 24;

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = (value << 8) | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

struct Sums {
    std::uint32_t first = 0;
    std::uint32_t second = 0;

    static Sums at(std::string_view bytes, std::size_t offset) {
        return {big_endian(bytes, offset), big_endian(bytes, offset + 4)};
    }
    friend bool operator==(const Sums&, const Sums&) = default;
};

struct Log {
    std::string_view bytes;
    bool big = false;  // byte order of the checksums
    std::size_t page = 0;
    std::uint64_t salt = 0;

    std::size_t frame_bytes() const { return kFrameHeaderBytes + page; }
    std::size_t frames() const { return (bytes.size() - kHeaderBytes) / frame_bytes(); }
    std::string_view frame(std::size_t index) const {
        return bytes.substr(kHeaderBytes + index * frame_bytes(), frame_bytes());
    }
    std::uint32_t word(std::string_view text, std::size_t at) const {
        const std::uint32_t value = big_endian(text, at);
        return big ? value : __builtin_bswap32(value);
    }
    Sums add(Sums sums, std::string_view text) const {
        for (std::size_t i = 0; i + 8 <= text.size(); i += 8) {
            sums.first += word(text, i) + sums.second;
            sums.second += word(text, i + 4) + sums.first;
        }
        return sums;
    }
};

std::uint64_t salt_at(std::string_view bytes, std::size_t offset) {
    return (static_cast<std::uint64_t>(big_endian(bytes, offset)) << 32) | big_endian(bytes, offset + 4);
}

/// Sound by itself: it continues the checksum that the frame before it says it has.
bool is_sound(const Log& log, std::size_t index, Sums before) {
    const std::string_view frame = log.frame(index);
    if (salt_at(frame, 8) != log.salt) return false;
    return log.add(log.add(before, frame.substr(0, 8)), frame.substr(kFrameHeaderBytes)) ==
           Sums::at(frame, 16);
}

/// What is known of the transaction that runs into the bad frame, and where a later one would begin. SQLite
/// writes the pages of a transaction in ascending order, so a page number that does not ascend begins another
/// transaction even where the bad frame was the commit between them.
struct Boundary {
    std::uint32_t page_last = 0;
    bool committed = false;

    /// True when `frame` belongs to a later transaction than the frames seen before.
    bool passed_by(std::string_view frame) {
        const std::uint32_t page = big_endian(frame, 0);
        const bool later = committed || page <= page_last;
        page_last = page;
        committed = big_endian(frame, 4) != 0;
        return later;
    }
};

}  // namespace

Status check_wal(std::string_view bytes) {
    if (bytes.size() < kHeaderBytes + kFrameHeaderBytes) return {};  // nothing was committed through it
    const std::uint32_t magic = big_endian(bytes, 0);
    Log log{
        .bytes = bytes, .big = (magic & 1) != 0, .page = big_endian(bytes, 8), .salt = salt_at(bytes, 16)};
    const bool known = (magic & ~1u) == 0x377F0682u;
    if (!known || log.add({}, bytes.substr(0, 24)) != Sums::at(bytes, 24) || log.page < 512 ||
        log.page > 65536) {
        return fail(Errc::corrupt, "the header of the write-ahead log is damaged");
    }
    Boundary boundary;
    Sums before = Sums::at(bytes, 24);
    std::size_t index = 0;
    for (; index < log.frames() && is_sound(log, index, before); ++index) {
        (void)boundary.passed_by(log.frame(index));
        before = Sums::at(log.frame(index), 16);
    }
    const std::size_t bad = index;
    if (bad >= log.frames()) return {};
    if (boundary.committed) boundary = {};  // the bad frame begins a transaction
    // A flipped bit leaves most of the frame's header readable; a frame that was never written has another
    // salt.
    if (salt_at(log.frame(bad), 8) == log.salt) (void)boundary.passed_by(log.frame(bad));
    for (++index; index < log.frames(); ++index) {
        if (!is_sound(log, index, Sums::at(log.frame(index - 1), 16))) continue;
        if (boundary.passed_by(log.frame(index))) {
            return fail(Errc::corrupt,
                        fmt::format("frame {} of the write-ahead log is damaged, and frame {} was written "
                                    "after it had been committed",
                                    bad + 1, index + 1));
        }
    }
    return {};
}

}  // namespace plumb::store
