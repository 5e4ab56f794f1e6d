#include "exchange/host/request_account.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace plumb::exchange {
namespace {

int digit_of(char letter) {
    if ('A' <= letter && letter <= 'Z') return letter - 'A';
    if ('a' <= letter && letter <= 'z') return letter - 'a' + 26;
    if ('0' <= letter && letter <= '9') return letter - '0' + 52;
    if (letter == '-' || letter == '+') return 62;
    if (letter == '_' || letter == '/') return 63;
    return -1;
}

/// Base64, either alphabet, as far as it can be read; dots begin anew, so that a token's parts follow each
/// other.
std::string decoded(std::string_view text) {
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char letter : text) {
        const int digit = digit_of(letter);
        if (digit < 0) {
            count = 0;
            continue;
        }
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> count & 0xff);
    }
    return out;
}

}  // namespace

AccountId account_of(const Request& request, std::span<const ApiAccess> access) {
    const std::string* authorization = request.header("authorization");
    const std::string token =
        authorization == nullptr
            ? ""
            : decoded(authorization->substr(std::min(authorization->find(' ') + 1, authorization->size())));
    for (const ApiAccess& each : access) {
        if (each.key.empty()) continue;
        const auto holds = [&](std::string_view text) {
            return text.find(each.key) != std::string_view::npos;
        };
        for (const io::Header& header : request.headers) {
            if (header.value == each.key) return each.account;
        }
        if (holds(request.target) || holds(request.body) || holds(token)) return each.account;
    }
    return {};
}

}  // namespace plumb::exchange
