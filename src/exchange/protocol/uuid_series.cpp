#include "exchange/protocol/uuid_series.hpp"

#include "base/check.hpp"

namespace plumb::exchange {

namespace {

constexpr std::uint64_t kHalf = (std::uint64_t{1} << 30) - 1;
constexpr int kRounds = 4;

// The finaliser of splitmix64 (Steele, Lea, Flood 2014).
std::uint64_t mixed(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

// A Feistel network over two halves of 30 bits: any round function gives a permutation.
std::uint64_t scrambled(std::uint64_t number, std::uint64_t key) {
    std::uint64_t left = number >> 30;
    std::uint64_t right = number & kHalf;
    for (int round = 0; round < kRounds; ++round) {
        const std::uint64_t next = left ^ (mixed(key ^ mixed(right + static_cast<unsigned>(round))) & kHalf);
        left = right;
        right = next;
    }
    return left << 30 | right;
}

std::uint64_t unscrambled(std::uint64_t text, std::uint64_t key) {
    std::uint64_t left = text >> 30;
    std::uint64_t right = text & kHalf;
    for (int round = kRounds; 0 < round--;) {
        const std::uint64_t before =
            right ^ (mixed(key ^ mixed(left + static_cast<unsigned>(round))) & kHalf);
        right = left;
        left = before;
    }
    return left << 30 | right;
}

std::uint64_t check_of(std::uint64_t number, std::uint64_t key) {
    return mixed(mixed(number) ^ ~key) & 0x3fff'ffff'ffff'ffff;
}

}  // namespace

UuidSeries::UuidSeries(std::uint64_t seed, std::uint64_t kind) : key_{mixed(mixed(seed) + kind)} {}

void UuidSeries::append(std::string& out, std::uint64_t number) const {
    static constexpr char kHex[] = "0123456789abcdef";
    PLUMB_CHECK(number < std::uint64_t{1} << 60);
    const std::uint64_t name = scrambled(number, key_);
    const std::uint64_t high = (name >> 12) << 16 | 0x4000 | (name & 0xfff);
    const std::uint64_t low = std::uint64_t{2} << 62 | check_of(number, key_);
    for (int i = 0; i < 32; ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
        const std::uint64_t half = i < 16 ? high : low;
        out += kHex[half >> (60 - 4 * (i % 16)) & 15];
    }
}

std::string UuidSeries::text(std::uint64_t number) const {
    std::string out;
    out.reserve(36);
    append(out, number);
    return out;
}

std::optional<std::uint64_t> UuidSeries::number(std::string_view uuid) const {
    std::uint64_t halves[2] = {0, 0};
    int digits = 0;
    for (const char c : uuid) {
        if (c == '-') continue;
        const int digit = '0' <= c && c <= '9'   ? c - '0'
                          : 'a' <= c && c <= 'f' ? c - 'a' + 10
                          : 'A' <= c && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0 || digits == 32) return std::nullopt;
        halves[digits / 16] = halves[digits / 16] << 4 | static_cast<unsigned>(digit);
        ++digits;
    }
    if (digits != 32 || (halves[0] >> 12 & 15) != 4 || halves[1] >> 62 != 2) return std::nullopt;
    const std::uint64_t name = halves[0] >> 16 << 12 | (halves[0] & 0xfff);
    const std::uint64_t number = unscrambled(name, key_);
    if ((halves[1] & 0x3fff'ffff'ffff'ffff) != check_of(number, key_)) return std::nullopt;
    return number;
}

}  // namespace plumb::exchange
