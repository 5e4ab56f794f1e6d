#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "app/run.hpp"

extern char** environ;  // NOLINT: POSIX

namespace {

plumb::app::Environment environment() {
    plumb::app::Environment variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos)
            variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

}  // namespace

int main(int count, char** words) try {
    std::ios::sync_with_stdio(false);
    return plumb::app::run_plumb({words + 1, words + count}, environment(), {std::cout, std::cerr});
} catch (const std::exception& trouble) {
    std::fprintf(stderr, "plumb: stopped by an error that nobody expected: %s\n", trouble.what());
    return 3;
}
