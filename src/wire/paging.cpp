#include "wire/paging.hpp"

namespace plumb::wire {

bool set_page(Question& question, const std::string& page) {
    return std::visit(
        [&](auto& each) {
            if constexpr (requires { each.page; }) {
                each.page = page;
                return true;
            } else {
                return false;
            }
        },
        question);
}

}  // namespace plumb::wire
