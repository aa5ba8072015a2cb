import Fleet
import Testing

/// Which environment a question is about, in whatever words it asks for a name.
@Suite struct PromptSubjectTests {
    private func isAboutProd(_ printed: String) -> Bool? {
        DestroyPrompt(endOf: printed)?.isAbout("prod", besides: ["prod2", "staging"])
    }

    @Test(arguments: [
        "Type the name of the environment prod to confirm: ",
        "Type the environment name prod to confirm: ",
        "Please type the name of the environment (prod) to confirm: ",
        "Please type the name of the environment to confirm (prod): ",
        "Type the name of the environment 'prod' to confirm: ",
        "Type the name of the environment \"prod\" to confirm: ",
        "Type the name of the environment, prod, to confirm: ",
        "Type the name of the environment prod (it cannot be undone): ",
        "Type the name of environment prod: ",
        "Really destroy prod? Type its name: ",
        "Really destroy prod?\nType its name: ",
        "To destroy environment prod, type its name: ",
        "Type [prod] to confirm: ",
        "Type \"prod\" to confirm: ",
        "Enter prod to destroy it: ",
        "Enter the environment's name (prod) to destroy it, or anything else to abort: ",
        "Enter environment name to confirm destroy of prod: ",
        "Please confirm by typing prod: ",
        "Environment name [prod]: ",
        "This is prod's end.\nEnter its name: ",
        "Everything on staging stays.\n\nssl certificate  prod2\nname  prod\nEnter the name: "
            .replacing("staging", with: "this fleet"),
    ])
    func `a question that names the environment anywhere is about it`(_ printed: String) {
        #expect(isAboutProd(printed) == true)
        let other = printed.replacing("prod2", with: "cert").replacing("prod", with: "prod2")
        #expect(isAboutProd(other) != true, "about prod2")
    }

    @Test(arguments: [
        "Type the name of the environment prod2 (source prod): ",
        "Type the name of the environment other (source prod): ",
        "Really destroy prod2? prod stays. Type its name: ",
        "Type yes to destroy environment prod: ",
        "Type DELETE to destroy environment prod: ",
        "Type prod-2 to confirm: ",
        "Type the name of the environment: ",
        "Connected to prod.\nWelcome.\nEnter the name of the environment: ",
        "This will DESTROY environment prod2!\nname  prod\nEnter its name: ",
        "This will DESTROY environment prod!\nIts copy staging goes with it.\nEnter its name: ",
        "Environment name [prod2]: ",
        "Environment name: ",
    ])
    func `a question that names another one, or none, is not`(_ printed: String) {
        #expect(isAboutProd(printed) != true)
    }

    @Test(arguments: ["name", "environment", "the", "destroy", "Yes"])
    func `a name that any question has as a word counts only where a name stands`(_ name: String) {
        func isAbout(_ printed: String) -> Bool? { DestroyPrompt(endOf: printed)?.isAbout(name) }
        #expect(isAbout("Do you want to destroy the environment? Yes? Type its name: ") != true)
        #expect(
            isAbout("This will DESTROY it!\nname   \(name)\nEnter the name of it: ") == true)
    }
}
