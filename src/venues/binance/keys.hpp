#pragma once

#include <array>
#include <string_view>

#include "wire/members.hpp"

namespace plumb::venues::binance {

/// The venue's streams name members by single letters, capitals first here, and by a few words.
constexpr auto kKeyNames = std::to_array<std::string_view>({
    "A",
    "B",
    "C",
    "D",
    "E",
    "F",
    "G",
    "H",
    "I",
    "J",
    "K",
    "L",
    "M",
    "N",
    "O",
    "P",
    "Q",
    "R",
    "S",
    "T",
    "U",
    "V",
    "W",
    "X",
    "Y",
    "Z",
    "a",
    "b",
    "c",
    "d",
    "e",
    "f",
    "g",
    "h",
    "i",
    "j",
    "k",
    "l",
    "m",
    "n",
    "o",
    "p",
    "q",
    "r",
    "s",
    "t",
    "u",
    "v",
    "w",
    "x",
    "y",
    "z",   //
    "pu",  // depth: last update of the message before
    "ap",
    "sp",
    "ps",
    "er",            // futures orders: average price, stop price, position side, why it expired
    "eR",            // spot orders: why it expired
    "lastUpdateId",  // depth snapshots
    "caid",
    "aid",
    "ai",
    "tp",
    "rm",  // USD-M algo orders: client id, id, the order it became, trigger, reason
});
inline constexpr wire::KeyTable<kKeyNames.size()> kKeys{kKeyNames};

constexpr bool is_letter(char c) { return ('A' <= c && c <= 'Z') || ('a' <= c && c <= 'z'); }
/// The number of a letter's key, without a search.
constexpr std::size_t key(char letter) {
    return static_cast<std::size_t>(letter <= 'Z' ? letter - 'A' : 26 + letter - 'a');
}
static_assert(kKeys.find("A") == key('A') && kKeys.find("z") == key('z') && kKeys.find("p") == key('p'));

inline constexpr std::size_t kPreviousUpdate = kKeys.find("pu");
inline constexpr std::size_t kAveragePrice = kKeys.find("ap");
inline constexpr std::size_t kStopPrice = kKeys.find("sp");
inline constexpr std::size_t kPositionSide = kKeys.find("ps");
inline constexpr std::size_t kExpiryFutures = kKeys.find("er");
inline constexpr std::size_t kExpirySpot = kKeys.find("eR");
inline constexpr std::size_t kLastUpdateId = kKeys.find("lastUpdateId");

inline constexpr std::size_t kAlgoClientId = kKeys.find("caid");
inline constexpr std::size_t kAlgoId = kKeys.find("aid");
inline constexpr std::size_t kAlgoBecame = kKeys.find("ai");
inline constexpr std::size_t kAlgoTrigger = kKeys.find("tp");
inline constexpr std::size_t kAlgoReason = kKeys.find("rm");

using Reader = wire::MemberReader<kKeyNames.size()>;

}  // namespace plumb::venues::binance
