#include <array>
#include <utility>

#include "venues/coinbase/decode.hpp"

namespace plumb::venues::coinbase {
namespace {

using wire::Control;
using wire::DataKind;
using wire::Refusal;

constexpr auto kChannels = std::to_array<std::pair<std::string_view, DataKind>>({
    {"market_trades", DataKind::trade},
    {"matches", DataKind::trade},
    {"ticker", DataKind::quote},
    {"ticker_batch", DataKind::quote},
    {"candles", DataKind::bar},
    {"level2", DataKind::book},
    {"l2_data", DataKind::book},
    {"level2_batch", DataKind::book},
    {"status", DataKind::status},
    {"user", DataKind::orders},
});

struct Phrase {
    std::string_view words;  // lower case
    Refusal refusal;
};
/// No document lists the errors' words; these were seen in clients and in the Exchange feed's documents.
constexpr auto kPhrases = std::to_array<Phrase>({
    {"authenticat", Refusal::unauthorized},
    {"unauthorized", Refusal::unauthorized},
    {"permission", Refusal::unauthorized},
    {"jwt", Refusal::unauthorized},
    {"api key", Refusal::unauthorized},
    {"not a valid product", Refusal::unknown_symbol},
    {"invalid product", Refusal::unknown_symbol},
    {"unknown product", Refusal::unknown_symbol},
    {"product not found", Refusal::unknown_symbol},
    {"requires authentication", Refusal::unauthorized},
    {"slowconsume", Refusal::slow_client},
    {"slow consum", Refusal::slow_client},
    {"slowread", Refusal::slow_client},
    {"too many subscriptions", Refusal::symbol_limit},
    {"max subscriptions", Refusal::symbol_limit},
    {"too many connections", Refusal::connection_limit},
    {"connection limit", Refusal::connection_limit},
    {"subscri", Refusal::other},
});

bool contains(std::string_view text, std::string_view lower) {
    for (std::size_t at = 0; at + lower.size() <= text.size(); ++at) {
        std::size_t i = 0;
        while (i < lower.size()) {
            const char c = text[at + i];
            if ((('A' <= c && c <= 'Z') ? static_cast<char>(c + 32) : c) != lower[i]) break;
            ++i;
        }
        if (i == lower.size()) return true;
    }
    return false;
}

}  // namespace

std::optional<DataKind> data_of_channel(std::string_view channel) {
    for (const auto& [name, kind] : kChannels)
        if (name == channel) return kind;
    return std::nullopt;
}

Control control_of_error(std::string_view message, std::string_view reason) {
    Control control;
    control.kind = Control::Kind::error;
    for (const Phrase& phrase : kPhrases) {
        if (!contains(message, phrase.words) && !contains(reason, phrase.words)) continue;
        control.kind = Control::Kind::refused;
        control.refusal = phrase.refusal;
        break;
    }
    constexpr std::size_t kMax = 96;
    char words[kMax];
    std::size_t size = 0;
    const auto append = [&](std::string_view text) {
        for (const char c : text)
            if (size < kMax) words[size++] = c;
    };
    append(message);
    if (!message.empty() && !reason.empty()) append(": ");
    append(reason);
    control.text = std::string_view{words, size};
    return control;
}

}  // namespace plumb::venues::coinbase
