#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "exchange/binance/desk.hpp"
#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::binance {

/// How one listener is told what happens to its account.
struct UserForm {
    enum class Wrap : unsigned char { plain, combined, subscription };
    Wrap wrap = Wrap::plain;
    TimeUnit unit = TimeUnit::milliseconds;
    std::string listen_key;         // combined: the stream's name
    std::int64_t subscription = 0;  // WebSocket API: {"subscriptionId":…,"event":…}
};

/// The events of accounts: executionReport, outboundAccountPosition, balanceUpdate (spot);
/// ORDER_TRADE_UPDATE, TRADE_LITE, ALGO_UPDATE, ACCOUNT_UPDATE (futures).
class UserStreams {
 public:
    UserStreams(Desk& desk, Outlet& outlet) : desk_{desk}, outlet_{outlet} {}

    void listen(StreamId stream, AccountId account, UserForm form);
    /// One subscription, or all of a connection.
    bool leave(StreamId stream, std::int64_t subscription);
    void leave(StreamId stream);
    void leave_key(StreamId stream, std::string_view listen_key);
    /// Every listener by this key is told listenKeyExpired and hears no more.
    void expire(AccountId account, const std::string& listen_key, Timestamp now);

    void on_events(std::span<const ModelEvent> events, Timestamp now);
    /// One event as it stands to all listeners of the account; `write(JsonWriter&, TimeUnit)`.
    template <class Write>
    void tell(AccountId account, const Frame& frame, Write write);

 private:
    struct Listener {
        StreamId stream = 0;
        AccountId account;
        UserForm form;
    };
    /// What moved in an account since it was told last.
    struct Moved {
        std::set<AssetId> assets;
        std::set<InstrumentId> positions;
        const char* reason = "ORDER";
        Decimal change;  // of the wallet beside profit and fees
    };

    bool is_heard(AccountId account) const;
    void on_order(const OrderHappened& order, const ModelEvent& event, Timestamp now);
    void on_balance(const BalanceChanged& change, const ModelEvent& event, Timestamp now);
    void tell_moved(Timestamp now);

    Desk& desk_;
    Outlet& outlet_;
    std::vector<Listener> listeners_;  // in the order they came
    std::map<AccountId, Moved> moved_;
    std::string wrapped_;
};

// What is told of one order; in user_spot.cpp and user_futures.cpp.
void write_execution_report(JsonWriter& json, const Desk& desk, const OrderHappened& order,
                            const ModelEvent& event, std::string_view cancel_id, Timestamp now,
                            TimeUnit unit);
void write_account_position(JsonWriter& json, const Desk& desk, AccountId account,
                            const std::set<AssetId>& assets, Timestamp now, TimeUnit unit);
void write_order_trade_update(JsonWriter& json, const Desk& desk, const OrderHappened& order,
                              const ModelEvent& event, Timestamp now, TimeUnit unit);
void write_trade_lite(JsonWriter& json, const Desk& desk, const OrderHappened& order, const ModelEvent& event,
                      Timestamp now, TimeUnit unit);
void write_algo_update(JsonWriter& json, const Desk& desk, const OrderHappened& order,
                       std::string_view status, Timestamp now, TimeUnit unit);
struct MovedPosition {
    const std::set<AssetId>& assets;
    const std::set<InstrumentId>& positions;
    const char* reason;
    Decimal change;
};
void write_account_update(JsonWriter& json, const Desk& desk, AccountId account, const MovedPosition& moved,
                          Timestamp now, TimeUnit unit);

}  // namespace plumb::exchange::binance
