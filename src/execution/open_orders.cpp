#include "execution/open_orders.hpp"

#include <algorithm>

namespace plumb::execution {

OpenOrder* OpenOrders::find(const ClientOrderId& id) {
    const auto at =
        std::ranges::find_if(orders_, [&](const OpenOrder& each) { return each.request.id == id; });
    return at == orders_.end() ? nullptr : &*at;
}

void OpenOrders::remove(const ClientOrderId& id) {
    std::erase_if(orders_, [&](const OpenOrder& each) { return each.request.id == id; });
}

bool OpenOrders::any_of(PairId pair) const {
    return std::ranges::any_of(orders_, [&](const OpenOrder& each) { return each.request.pair == pair; });
}

}  // namespace plumb::execution
