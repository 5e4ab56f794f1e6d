#include "exchange/binance/listen_keys.hpp"

namespace plumb::exchange::binance {

const std::string& ListenKeys::open(AccountId account, Rng& rng, Timestamp now) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    constexpr std::size_t kLength = 64;
    Key& key = keys_[account];
    while (key.text.size() < kLength) key.text += kLetters[rng.below(kLetters.size())];
    key.until = now + kValid;
    return key.text;
}

std::optional<std::string> ListenKeys::renew(AccountId account, Timestamp now) {
    const auto found = keys_.find(account);
    if (found == keys_.end()) return std::nullopt;
    found->second.until = now + kValid;
    return found->second.text;
}

bool ListenKeys::close(AccountId account) { return keys_.erase(account) == 1; }

std::optional<AccountId> ListenKeys::find(std::string_view key) const {
    for (const auto& [account, one] : keys_) {
        if (one.text == key) return account;
    }
    return std::nullopt;
}

std::vector<ListenKeys::Expired> ListenKeys::expire(Timestamp now) {
    std::vector<Expired> expired;
    for (auto it = keys_.begin(); it != keys_.end();) {
        if (now < it->second.until) {
            ++it;
            continue;
        }
        expired.push_back({it->first, it->second.text});
        it = keys_.erase(it);
    }
    return expired;
}

std::vector<ListenKeys::Expired> ListenKeys::expire_all() { return expire(Timestamp::max()); }

}  // namespace plumb::exchange::binance
