#include "exchange/binance/key_ring.hpp"

#include <algorithm>

namespace plumb::exchange::binance {
namespace {

constexpr std::size_t kKeyMin = 10, kKeyMax = 128;
constexpr Duration kWindow = std::chrono::milliseconds{5000};
constexpr Duration kAhead = std::chrono::milliseconds{1000};
constexpr int kWindowMax = 60'000;  // ms

bool is_key_letter(char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '-' || c == '_';
}

std::string lower(std::string text) {
    for (char& c : text) c = 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

/// Without every "signature=…" of a query or a form.
void append_unsigned_part(std::string& out, std::string_view text) {
    constexpr std::string_view kName = "signature=";
    bool first = true;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        if (pair.starts_with(kName)) continue;
        if (!first) out += '&';
        out += pair;
        first = false;
    }
}

}  // namespace

KeyRing::KeyRing(const std::vector<ApiAccess>& access) {
    for (const ApiAccess& one : access) {
        Key key{one, std::nullopt};
        if (one.secret.find("PRIVATE KEY") != std::string::npos) {
            if (auto pair = signing::PrivateKey::parse(Secret{one.secret})) key.pair = std::move(*pair);
        }
        keys_.push_back(std::move(key));
    }
}

Checked<const KeyRing::Key*> KeyRing::find(std::string_view key, Timestamp now) const {
    const bool is_one =
        kKeyMin <= key.size() && key.size() <= kKeyMax && std::ranges::all_of(key, is_key_letter);
    if (!is_one) return refuse({401, -2014, "API-key format invalid.", {}, 0});
    const auto found =
        std::ranges::find(keys_, key, [](const Key& one) -> std::string_view { return one.access.key; });
    const bool is_over = found != keys_.end() && found->access.expires_at && *found->access.expires_at <= now;
    if (found == keys_.end() || is_over)
        return refuse({401, -2015, "Invalid API-key, IP, or permissions for action.", {}, 0});
    return &*found;
}

Checked<bool> KeyRing::check_time(const Parameters& parameters, Timestamp now) {
    const auto sent = parameters.need_number("timestamp");
    if (!sent) return refuse(sent.error());
    Duration window = kWindow;
    if (const auto given = parameters.amount("recvWindow"); !given) {
        return refuse(given.error());
    } else if (*given) {
        if (Decimal{kWindowMax} < **given) return refuse(-1131, "recvWindow must be less than 60000");
        if (3 < (*given)->decimals()) return too_precise("recvWindow");
        window = Duration{static_cast<std::int64_t>((**given * Decimal{1'000'000}).units() / Decimal::kOne)};
    }
    const Timestamp at = time_of(*sent);
    if (now + kAhead <= at)
        return refuse(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
    if (window < now - at) return refuse(-1021, "Timestamp for this request is outside of the recvWindow.");
    return true;
}

Checked<bool> KeyRing::verify(const Key& key, const Parameters& parameters, std::string_view payload,
                              Timestamp now) {
    const std::string* signature = parameters.find("signature");
    if (const std::string* time = parameters.find("timestamp"); time == nullptr || time->empty())
        return missing("timestamp");
    if (signature == nullptr || signature->empty()) return missing("signature");
    if (auto checked = check_time(parameters, now); !checked) return checked;
    const auto refused = [] { return refuse(-1022, "Signature for this request is not valid."); };
    if (key.pair) {
        const Result<std::string> bytes = signing::from_base64(*signature);
        if (!bytes || !key.pair->verify(payload, *bytes)) return refused();
        return true;
    }
    const bool is_hex = signature->size() == 64 && std::ranges::all_of(*signature, [](char c) {
                            return ('0' <= c && c <= '9') || ('a' <= c && c <= 'f') || ('A' <= c && c <= 'F');
                        });
    if (!is_hex) return illegal("signature", "^[A-Fa-f0-9]{64}$");
    if (lower(*signature) != signing::hex(signing::hmac_sha256(key.access.secret, payload))) return refused();
    return true;
}

std::string signed_payload(std::string_view query, std::string_view body) {
    std::string payload;
    payload.reserve(query.size() + body.size());
    append_unsigned_part(payload, query);
    append_unsigned_part(payload, body);
    return payload;
}

std::string signed_payload(const Parameters& parameters) {
    std::vector<const Parameters::One*> sorted;
    for (const Parameters::One& one : parameters.all()) {
        if (one.name != "signature") sorted.push_back(&one);
    }
    std::ranges::sort(sorted, {}, [](const auto* one) -> std::string_view { return one->name; });
    std::string payload;
    for (const auto* one : sorted) {
        if (!payload.empty()) payload += '&';
        payload += one->name + "=" + one->value;
    }
    return payload;
}

}  // namespace plumb::exchange::binance
