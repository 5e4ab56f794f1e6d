#include "exchange/alpaca/ids.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/check.hpp"
#include "signing/signing.hpp"

namespace plumb::exchange::alpaca {
namespace {

constexpr std::uint64_t kHalf = (std::uint64_t{1} << 30) - 1;

/// Steele, Lea, Flood 2014: the finalizer of SplitMix64.
std::uint64_t mixed(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

std::uint64_t round_key(std::uint64_t seed, IdKind kind, int round) {
    return mixed(seed ^ (static_cast<std::uint64_t>(kind) << 56) ^ static_cast<std::uint64_t>(round));
}

/// Four Feistel rounds over two halves of 30 bits: a permutation of the numbers below 2^60.
std::uint64_t scrambled(std::uint64_t number, std::uint64_t seed, IdKind kind) {
    std::uint64_t left = number >> 30;
    std::uint64_t right = number & kHalf;
    for (int round = 0; round < 4; ++round) {
        const std::uint64_t next = left ^ (mixed(right ^ round_key(seed, kind, round)) & kHalf);
        left = right;
        right = next;
    }
    return left << 30 | right;
}

std::uint64_t unscrambled(std::uint64_t code, std::uint64_t seed, IdKind kind) {
    std::uint64_t left = code >> 30;
    std::uint64_t right = code & kHalf;
    for (int round = 3; 0 <= round; --round) {
        const std::uint64_t before = right ^ (mixed(left ^ round_key(seed, kind, round)) & kHalf);
        right = left;
        left = before;
    }
    return left << 30 | right;
}

std::uint64_t tail_of(std::uint64_t code, std::uint64_t seed, IdKind kind) {
    return mixed(code ^ round_key(seed, kind, 4));
}

std::string written(std::uint64_t code60, std::uint64_t tail) {
    const std::uint64_t variant = 0x8 | (tail >> 60 & 0x3);
    return fmt::format("{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}", code60 >> 28, code60 >> 12 & 0xffff,
                       code60 & 0xfff, variant, tail >> 48 & 0xfff, tail & 0xffffffffffff);
}

std::optional<std::uint64_t> hex_value(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::string Uuids::text(IdKind kind, std::uint64_t number) const {
    PLUMB_CHECK(number < std::uint64_t{1} << 60);
    const std::uint64_t code = scrambled(number, seed_, kind);
    return written(code, tail_of(code, seed_, kind));
}

std::optional<std::uint64_t> Uuids::number(IdKind kind, std::string_view text) const {
    if (!is_uuid(text)) return std::nullopt;
    const auto high = hex_value(text.substr(0, 8));
    const auto middle = hex_value(text.substr(9, 4));
    const auto low = hex_value(text.substr(15, 3));
    if (!high || !middle || !low) return std::nullopt;
    const std::uint64_t number = unscrambled(*high << 28 | *middle << 12 | *low, seed_, kind);
    std::string lower{text};
    for (char& c : lower) {
        if ('A' <= c && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    }
    if (this->text(kind, number) != lower) return std::nullopt;
    return number;
}

std::string uuid_of_name(std::string_view name) {
    const auto digest = signing::sha256(name);
    std::uint64_t code = 0;
    std::uint64_t tail = 0;
    for (int i = 0; i < 8; ++i) {
        code = code << 8 | digest[static_cast<std::size_t>(i)];
        tail = tail << 8 | digest[static_cast<std::size_t>(i + 8)];
    }
    return written(code >> 4, tail);
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        const bool is_hex = ('0' <= c && c <= '9') || ('a' <= c && c <= 'f') || ('A' <= c && c <= 'F');
        if (is_dash ? c != '-' : !is_hex) return false;
    }
    return true;
}

}  // namespace plumb::exchange::alpaca
