console.log("a worker");
